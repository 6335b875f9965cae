"""Small, plainly made-up files in the formats that the import knows, with the traps of the real ones."""

from __future__ import annotations

import json
from typing import Any

PRESCHOOLS = """\
skolverket_id,namn,huvudmannatyp,huvudman_orgnr,kommunkod,kommun,adress,postnummer,antal_barn,latitud,longitud
900101,Solrosens Förskola,Kommunal,2120009994,0482,Flen,Exempelvägen 3,64231,31,59.05682000,16.58299900
900102,Regnbågens Förskola,Enskild,5569990012,0482,Flen,Exempelvägen 5,64232,18,59.05700000,16.59000000
900103,Regnbågens Förskola,Enskild,5569990020,0482,Flen,"Provgatan 2, hus B",64233,..,,
"""

YEAR_NINE = """\
skolenhetskod,namn,kommunkod,kommun,huvudmannatyp,huvudman,huvudman_orgnr,adress
90000001,Exempelskolan 7-9,0482,Flen,Kommunal,FLENS KOMMUN,2120009994,Skolgatan 1
90000002,Provskolan F-9,0482,Flen,Enskild,Provskolan AB,5569990012,
"""

MERGED = """\
kalla,id_typ,id,namn,gissad_skolform,huvudmannatyp,huvudman,huvudman_orgnr,kommunkod,kommunkod_sakerhet,adress,\
postnummer,latitud,longitud
forskola_2025,skolverket_forskole_id,900101,Solrosens Förskola,forskola,Kommunal,,2120009994,0482,register,\
Exempelvägen 3,64231,59.05682000,16.58299900
slutbetyg_2024-25,skolenhetskod,90000001,Exempelskolan 7-9,grundskola,Kommunal,Flens kommun,2120009994,0482,register,\
Skolgatan 1,,,
planned-educations-v4_2026-04,skolenhetskod,90000003,Exempelgymnasiet EX 1N,gymnasieskola,,,,0482,narmaste_forskola,\
,,59.058,16.58
planned-educations-v4_2026-04,skolenhetskod,90000004,Exempelgymnasiet EX3N,gymnasieskola,,,,0482,narmaste_forskola,\
,,59.058,16.58
"""

MUNICIPALITIES = """\
kommunkod,kommun,juridiskt_namn,orgnr
0482,Flen,Flens kommun,2120009994
"""

OWN = """\
verksamhet;namn;kommun;adress;postnummer;ort;telefon;bba_namn;bba_telefon;bba_epost;bba_mandat;bba_mandat_av;bba_fran
BVC;BVC Exemplet;Flen;Provgatan 2;642 31;Flen;08-465 004 10;Kim Exempelsson;070-174 06 05;kim@bvc.example;\
särskilt mandat;verksamhetschefen;2026-08-17
KAA;;Flens kommun;;;;08-465 004 11;Robin Exempelsson;070-174 06 06;;beslutsfattare;;
"""

SKOLDATA = """\
source,id,name,type,organizer_type,street,postcode,city,latitude,longitude,email,phone,url
0482,90000001,Exempelskolan 7-9,grundskola,kommunal,Skolgatan 1,642 31,Flen,59.05,16.58,skolan@flen.example,\
08-465 004 20,exempelskolan.example
482,900101,Solrosens Förskola,förskola,kommunal,Exempelvägen 3,64231.0,Flen,"59,0568","16,583",,,
0482,egen-7,Dagbarnvårdarna,familjedaghem,kommunal,Exempelvägen 9,64231,Flen,,,,,
"""


def detail(code: str = "90000001", **attributes: Any) -> dict[str, Any]:
    """Give a whole answer of Skolenhetsregistret v2 about one unit."""
    told = {
        "displayName": "Exempelskolan 7-9",
        "status": "AKTIV",
        "url": "www.exempelskolan.example",
        "email": "skolan@flen.example",
        "phoneNumber": "08-465 004 20",
        "headMaster": "Helena Exempelsson",
        "addresses": [
            {
                "type": "BESOKSADRESS",
                "streetAddress": "Skolgatan 1",
                "postalCode": "642 31",
                "locality": "FLEN",
                "geoCoordinates": {
                    "coordinateSweRefN": "6547112,5",
                    "coordinateSweRefE": "591237,25",
                    "latitude": "59,051",
                    "longitude": "16,591",
                },
                "country": "Sverige",
            },
            {"type": "POSTADRESS", "streetAddress": "Box 1", "postalCode": "642 81", "locality": "FLEN"},
        ],
        "orientationType": "ALLMAN",
        "schoolUnitType": "SKOLENHET",
        "schoolName": "Exempelskolan",
        "municipalityCode": "0482",
        "schoolTypes": ["GR"],
        "schoolTypeProperties": {"gr": {"grades": ["7", "8", "9"]}},
        "startdate": "2012-07-01",
        "endDate": None,
    }
    organizer = {"displayName": "FLENS KOMMUN", "organizerType": "KOMMUN"}
    return {
        "meta": {"extractDate": "2026-11-23"},
        "data": {"type": "schoolunit", "schoolUnitCode": code, "attributes": told | attributes},
        "included": {"type": "organizer", "organizationNumber": "2120009994", "attributes": organizer},
    }


def listing(*units: tuple[str, str, str]) -> dict[str, Any]:
    """Give an answer of Skolenhetsregistret v2 that lists units as (code, name, status)."""
    attributes = [{"schoolUnitCode": code, "name": name, "status": status} for code, name, status in units]
    return {"meta": {"extractDate": "2026-11-23"}, "data": {"type": "schoolunit", "attributes": attributes}}


def planned(code: str = "90000001", **more: Any) -> dict[str, Any]:
    """Give a school unit of planned-educations v4."""
    return {
        "code": code,
        "name": "Exempelskolan",
        "contactInfo": {
            "email": "skolan@flen.example",
            "web": None,
            "telephone": "08-46500420",
            "addresses": [
                {"type": "VISITING_ADDRESS", "street": "Skolgatan 1", "zipCode": "64231", "city": "Flen"},
            ],
        },
        "geographicalAreaCode": "0482",
        "wgs84_Lat": "59.05",
        "wgs84_Long": "16.59",
        "organisationRegistryNumber": "2120009994",
        "principalOrganizerType": "Kommunal",
        "corporationName": "FLENS KOMMUN",
        "typeOfSchooling": [
            {"code": "fsk", "schoolYears": ["0"]},
            {"code": "gr", "schoolYears": ["1", "2", "3", "4", "5", "6"]},
        ],
        "abroadSchool": False,
    } | more


def as_bytes(value: Any) -> bytes:
    """Give a text or a JSON value as the bytes of a file."""
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
