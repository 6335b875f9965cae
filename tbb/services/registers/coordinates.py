"""Positions: SWEREF 99 TM to WGS 84 by Lantmäteriet's Gauss-Krüger formulas, and a frame round Sweden."""

from __future__ import annotations

from math import asin, atan, atanh, cos, cosh, degrees, radians, sin, sinh, sqrt, tanh

AXIS = 6378137.0
FLATTENING = 1 / 298.257222101
CENTRAL_MERIDIAN = 15.0
SCALE = 0.9996
FALSE_EASTING = 500000.0


def in_sweden(latitude: float, longitude: float) -> bool:
    """Tell whether a position is in a frame round Sweden."""
    return 55.0 <= latitude <= 69.2 and 10.5 <= longitude <= 24.3


def from_sweref(north: float, east: float) -> tuple[float, float]:
    """Give latitude and longitude in degrees; right to a decimetre within Sweden."""
    e2 = FLATTENING * (2 - FLATTENING)
    n = FLATTENING / (2 - FLATTENING)
    roof = AXIS / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    deltas = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    )
    xi, eta = north / (SCALE * roof), (east - FALSE_EASTING) / (SCALE * roof)
    xi_prime = xi - sum(d * sin(2 * k * xi) * cosh(2 * k * eta) for k, d in enumerate(deltas, 1))
    eta_prime = eta - sum(d * cos(2 * k * xi) * sinh(2 * k * eta) for k, d in enumerate(deltas, 1))
    # sin(φ*) = sin ξ' / cosh η'; the isometric latitude then gives the geodetic one in a few turns.
    conformal = asin(sin(xi_prime) / cosh(eta_prime))
    longitude = CENTRAL_MERIDIAN + degrees(atan(sinh(eta_prime) / cos(xi_prime)))
    return degrees(_geodetic(conformal, sqrt(e2))), longitude


def _geodetic(conformal: float, eccentricity: float) -> float:
    """Turn the conformal latitude into the geodetic one, both in radians."""
    isometric = atanh(sin(conformal))
    latitude = conformal
    for _turn in range(6):
        latitude = asin(tanh(isometric + eccentricity * atanh(eccentricity * sin(latitude))))
    return latitude


def distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Give the distance in metres between two near positions."""
    mean = radians((here[0] + there[0]) / 2)
    north, east = radians(there[0] - here[0]), radians(there[1] - here[1]) * cos(mean)
    return 6371000.0 * sqrt(north**2 + east**2)
