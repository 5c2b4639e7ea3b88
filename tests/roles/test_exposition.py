"""Device series: what a scrape says is what the newest measurement said."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from events.contract import MeasurementData
from monitor.exposition import DeviceSeries


def samples(series: DeviceSeries) -> dict[tuple[str, str, str], float]:
    """Read a scrape with prometheus-client's own parser: the oracle of the format."""
    return {
        (one.name, one.labels["component"], one.labels.get("interface", "")): one.value
        for family in text_string_to_metric_families(series.render().decode())
        for one in family.samples
    }


def one_port(octets: int | None, **more: object) -> MeasurementData:
    return MeasurementData(
        uptime_cs=4200,
        rows=[7],
        names=["Gi1/0/7"],
        columns={"ifHCInOctets": [octets], "ifOperStatus": [1], "ifHighSpeed": [1000]},
        **more,
    )


def test_a_scrape_reads_back_as_the_newest_measurement():
    series = DeviceSeries()
    series.update("sw-1", one_port(10))
    series.update("sw-1", one_port(25))
    assert samples(series) == {
        ("keten_interface_receive_bytes_total", "sw-1", "Gi1/0/7"): 25,
        ("keten_interface_oper_up", "sw-1", "Gi1/0/7"): 1,
        ("keten_interface_speed_bits_per_second", "sw-1", "Gi1/0/7"): 1e9,
        ("keten_device_uptime_seconds", "sw-1", ""): 42,
    }
    assert series.samples == 4


def test_what_the_device_did_not_give_is_absent_and_never_zero():
    series = DeviceSeries()
    series.update("sw-1", one_port(None))
    assert ("keten_interface_receive_bytes_total", "sw-1", "Gi1/0/7") not in samples(series)


def test_a_device_that_is_forgotten_leaves_no_old_numbers():
    series = DeviceSeries()
    series.update("sw-1", one_port(10))
    series.update("sw-2", one_port(10))
    series.forget("sw-1")
    assert {component for _, component, _ in samples(series)} == {"sw-2"}


def test_each_family_is_announced_once_whatever_the_number_of_devices():
    series = DeviceSeries()
    for number in range(5):
        series.update(f"sw-{number}", one_port(number))
    text = series.render().decode()
    assert text.count("# TYPE keten_interface_receive_bytes_total counter") == 1


def test_interfaces_with_the_same_name_stay_apart_by_their_index():
    series = DeviceSeries()
    data = MeasurementData(rows=[1, 2], names=["eth", "eth"], columns={"ifHCInOctets": [5, 6]})
    series.update("odd", data)
    assert sorted(samples(series).values()) == [5, 6]


def test_names_with_quotes_and_line_breaks_do_not_break_the_format():
    series = DeviceSeries()
    series.update("a", MeasurementData(rows=[1], names=['x"y\n\\z'], columns={"ifInErrors": [3]}))
    assert samples(series) == {("keten_interface_receive_errors_total", "a", 'x"y\n\\z'): 3}
