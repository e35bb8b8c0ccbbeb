import java.nio.file.Path;
import java.util.HashMap;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node on loopback, for tests. Arguments: home folder, HTTP port.
 * Prints "started" when it answers, and ends with its standard input: it never outlives the tests.
 */
public class Server {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Settings settings = Settings.builder()
        .put("path.home", home.toString())
        .put("http.port", args[1])
        .put("transport.port", "0")
        .put("cluster.name", "tests")
        .put("node.name", "one")
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    LogConfigurator.configureWithoutConfig(settings);
    Environment environment = new Environment(settings, home.resolve("config"));
    PluginsLoader modules = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(environment.modulesDir(), false), Set.of(), new HashMap<>());
    new Node(environment, modules).start();
    System.out.println("started");
    while (System.in.read() >= 0) { }
    Runtime.getRuntime().halt(0);
  }
}
