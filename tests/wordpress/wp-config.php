<?php
// The site of the tests: its place and database come from the environment, so that many may share the files.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('RASAD_WP_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', getenv('RASAD_WP_URL'));
define('WP_SITEURL', getenv('RASAD_WP_URL'));
// It speaks to nobody, and does nothing by itself.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
// Its words stay English, for Persian ones are another package; what it says of its language does not.
define('WPLANG', 'fa_IR');
define('WP_DISABLE_FATAL_ERROR_HANDLER', true);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", 'for tests only');
    define("{$name}_SALT", 'for tests only');
}
$table_prefix = 'wp_';
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
