"""Which files readers may fetch: those that something published shows."""

from __future__ import annotations

from tbb.database import rows
from tbb.models import MediaFile

_SHOWN = """
    SELECT 1 FROM happening WHERE state = 'published' AND (recording_id = ? OR captions_id = ?)
    UNION ALL SELECT 1 FROM material_version v JOIN material m ON m.id = v.material_id
      WHERE m.state = 'published' AND v.published_at IS NOT NULL AND (v.file_id = ? OR v.captions_id = ?)
    UNION ALL SELECT 1 FROM newsletter WHERE state IN ('sent', 'added') AND pdf_id = ?
"""


def is_out(file: MediaFile) -> bool:
    """Whether something that readers see shows the file."""
    return bool(rows(_SHOWN, (file.id,) * 5))
