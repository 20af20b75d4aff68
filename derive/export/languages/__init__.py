"""Programs as source in languages other than Python; which ones there are."""

from .c import C
from .fortran import FORTRAN
from .javascript import JAVASCRIPT
from .language import Language, source
from .matlab import MATLAB
from .r import R

LANGUAGES = (C, JAVASCRIPT, FORTRAN, MATLAB, R)

__all__ = ["LANGUAGES", "Language", "source"]
