"""A service on the Java virtual machine: a long name on each line, and long traces."""

import random
from typing import Final

from kty.demo.pods.log_styles.style import Context, Said, Style, moment

_CLASSES: Final = (
    "c.e.shop.OrderController",
    "c.e.shop.StockClient",
    "o.s.web.servlet.DispatcherServlet",
    "c.zaxxer.hikari.pool.HikariPool",
)


def _log(at: float, level: str, where: str, text: str) -> Said:
    return Said(f"{moment(at, '%Y-%m-%dT%H:%M:%S.%3fZ')} {level:>5} 1 --- [nio-8080-exec-3] {where:<40} : {text}")


def _event(chance: random.Random, at: float, context: Context) -> list[Said]:
    order, where = chance.randrange(10000, 99999), chance.choice(_CLASSES)
    match chance.choices(("info", "warn", "error"), (90, 7, 3))[0]:
        case "warn":
            return [
                _log(at, "WARN", _CLASSES[3], f"Connection is not available, waited {chance.randrange(900, 5000)}ms")
            ]
        case "error":
            return [_log(at, "ERROR", _CLASSES[0], f"Order {order} failed"), *_trace(chance, "Read timed out")]
    return [_log(at, "INFO", where, f"Order {order} handled in {chance.randrange(3, 140)} ms")]


def _trace(chance: random.Random, why: str) -> list[Said]:
    frames = [
        f"\tat com.example.shop.StockClient.reserve(StockClient.java:{chance.randrange(40, 90)})",
        "\tat com.example.shop.OrderService.place(OrderService.java:61)",
        "\tat com.example.shop.OrderController.create(OrderController.java:34)",
        "\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)",
        "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
        f"Caused by: java.net.SocketTimeoutException: {why}",
        "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)",
        "\t... 38 more",
    ]
    return [Said(line) for line in (f"java.lang.IllegalStateException: {why}", *frames)]


def _start(chance: random.Random, at: float, context: Context) -> list[Said]:
    return [
        _log(at, "INFO", "c.e.shop.Application", "Starting Application using Java 25 with PID 1"),
        _log(at + 1.2, "INFO", "o.s.b.w.embedded.tomcat.TomcatWebServer", "Tomcat started on port 8080 (http)"),
        _log(at + 1.4, "INFO", "c.e.shop.Application", "Started Application in 1.402 seconds"),
    ]


def _crash(chance: random.Random, at: float, context: Context) -> list[Said]:
    why = context.last_words or "Failed to configure a DataSource: 'url' attribute is not specified"
    return [_log(at, "ERROR", "o.s.boot.SpringApplication", "Application run failed"), *_trace(chance, why)]


STYLE: Final = Style(_event, _start, _crash, pace=2.5)
