<?php
// Writes, changes and deletes posts of the site: JSON on standard input, the ids and addresses on standard output.
// {"do": "write", "title", "text", "date" (UTC), "slug", "categories": [], "summary", "draft"} | {"do": "edit", "id", "modified" (UTC), ...}
// | {"do": "delete", "id"} | {"do": "empty"}; a list of them is done in its order.
$_SERVER['HTTP_HOST'] = parse_url(getenv('RASAD_WP_URL'), PHP_URL_HOST);
require getenv('RASAD_WP_SITE') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
wp_set_current_user(1);
$done = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $order) {
    if ($order['do'] === 'empty') {
        foreach (get_posts(['post_type' => 'any', 'numberposts' => -1, 'post_status' => 'any']) as $post) {
            wp_delete_post($post->ID, true);
        }
        continue;
    }
    if ($order['do'] === 'delete') {
        wp_delete_post($order['id'], true);
        continue;
    }
    $post = ['post_status' => 'publish', 'post_author' => 1];
    foreach (['id' => 'ID', 'title' => 'post_title', 'text' => 'post_content', 'slug' => 'post_name', 'summary' => 'post_excerpt'] as $from => $to) {
        if (isset($order[$from])) {
            $post[$to] = $order[$from];
        }
    }
    if (isset($order['date'])) {
        $post['post_date_gmt'] = $order['date'];
        $post['post_date'] = get_date_from_gmt($order['date']);
    }
    if (isset($order['categories'])) {
        $post['post_category'] = array_map('wp_create_category', $order['categories']);
    }
    if (!empty($order['draft'])) {
        // What was a draft first, as people write, keeps the guid ?p=7; published at once it is the address.
        $post['ID'] = wp_insert_post(wp_slash(['post_status' => 'draft', 'post_title' => $order['title']]));
        $post['edit_date'] = true;
    }
    $id = isset($post['ID']) ? wp_update_post(wp_slash($post), true) : wp_insert_post(wp_slash($post), true);
    if (is_wp_error($id)) {
        fwrite(STDERR, $id->get_error_message());
        exit(1);
    }
    if (isset($order['modified'])) {
        // The feed's validators are made of the latest change; posts of the past would not be later than now.
        $wpdb->update($wpdb->posts, ['post_modified_gmt' => $order['modified']], ['ID' => $id]);
        clean_post_cache($id);
    }
    $done[] = ['id' => $id, 'url' => get_permalink($id), 'guid' => get_the_guid($id)];
}
echo json_encode($done);
