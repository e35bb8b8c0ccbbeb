"""How Rasad crawls, for Scrapy; where Scrapy's own default is unsafe or rude the reason stands beside."""

BOT_NAME = "rasad"
SPIDER_MODULES = ["crawlers.spiders"]
NEWSPIDER_MODULE = "crawlers.spiders"

# Scrapy 2.19 opens a server that runs Python inside the crawler; the telnet console does the same.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True

# Only the web: a redirect or a mistyped source must not read files or other services.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
TWISTED_DNS_RESOLVER = "crawlers.guard.GuardedResolver"
# A proxy resolves names itself, past the guard.
HTTPPROXY_ENABLED = False
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5
COOKIES_ENABLED = False
REFERER_ENABLED = True
REFERRER_POLICY = "no-referrer"

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # What is switched off above is not even loaded: it would be a quarter of a second for each crawl.
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # Before robots.txt is asked for, and seen again by every redirect.
    "crawlers.guard.Guard": 20,
    "crawlers.robots.Robots": 100,
    # Nearer to the network than HttpCompressionMiddleware (590).
    "crawlers.whole.WholeAnswers": 595,
    # Nearest to the network: it sees redirects, too, and what it holds it lets go of.
    "crawlers.retry.Patience": 950,
}
ITEM_PIPELINES = {"crawlers.pipeline.IntoSpool": 100}

# What a status means is said by the spider (crawlers.spider), in words.
HTTPERROR_ALLOW_ALL = True
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 2
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
# The pace is kept by crawlers.pace, from the end of an answer; chance would only make it longer.
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 120.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Unpacked bytes too: a bomb of 1.6 kB becomes 1 GiB otherwise.
DOWNLOAD_MAXSIZE = 16 * 2**20
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 10
CLOSESPIDER_TIMEOUT = 120
CLOSESPIDER_PAGECOUNT = 2_000
EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "crawlers.memory.OwnMemory": 0,
}
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 512
MEMUSAGE_CHECK_INTERVAL_SECONDS = 1.0

# Small, so that a slow disk slows the crawl down instead of filling the memory.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 256 * 2**10
CONCURRENT_ITEMS = 16

# The log is written by crawlers.crawl: one event a line, and never what people wrote.
LOG_INSTALL_ROOT_HANDLER = False
LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
HTTPCACHE_ENABLED = False
