"""Every page of the portal: its address, and who looks at it. The tests with axe and the pictures go through them."""

from tests.browser.areas import accounts, admin, authoring, catalogue, job_lists, jobs, results, running
from tests.browser.place import Place

# The lists come last: they set limits that the others' jobs would pass.
AREAS = (catalogue, running, jobs, results, accounts, authoring, admin, job_lists)
PLACES = (
    Place("api", "/api/docs"),
    Place("not-found", "/nothing-here"),
    *(place for area in AREAS for place in area.PLACES),
)
