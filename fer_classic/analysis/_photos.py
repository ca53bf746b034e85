"""The result for photos."""

from dataclasses import dataclass, field, replace

from fer_classic.analysis._pictures import shrink
from fer_classic.analysis._words import counted, short_name
from fer_classic.exceptions import FerClassicError, ImageReadError
from fer_classic.live import PhotoResult, annotate
from fer_classic.live.tables import photo_rows, rows_to_dataframe
from fer_classic.utils import read_image

__all__ = ["PhotoAnalysis"]


@dataclass(eq=False, repr=False)
class PhotoAnalysis:
    """The faces in photos, what they express, and how well they can be seen.

    In a notebook it shows the photos with their faces and a table, of many photos the first ones.

    Parameters
    ----------
    photos : list of PhotoResult
        What was recognized in each photo, or why it could not be read. Pictures of files are not
        kept, but read again when they are drawn.
    classes : tuple of str
        The classes of the model, in its order.
    """

    photos: list[PhotoResult] = field(default_factory=list)
    classes: tuple[str, ...] = ()

    @property
    def faces(self):
        """The faces of all photos, as a list of :class:`~fer_classic.live.Face`."""
        return [face for photo in self.photos for face in photo.faces]

    @property
    def errors(self):
        """Why photos could not be read, as a dictionary with the photo as key."""
        return {p.photo: p.error for p in self.photos if p.error is not None}

    @property
    def rows(self):
        """The table as a list of dictionaries: a row for each face, and each photo without one."""
        return [
            row
            for photo in self.photos
            for row in photo_rows(photo.photo, photo.faces, self.classes, error=photo.error)
        ]

    def to_dataframe(self):
        """Make a data frame of the table.

        Returns
        -------
        table : pandas.DataFrame
            A row for each face, and one for each photo without faces or that could not be read; the
            columns are those of ``fer-classic predict --table``, see
            :mod:`fer_classic.live.tables._schema`.

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        return rows_to_dataframe(self.rows, self.classes, photos=True)

    def annotated(self, number=0, *, longest=None, chart=True):
        """Draw the faces of a photo onto a copy of it.

        Parameters
        ----------
        number : int, default=0
            Place of the photo in ``photos``.
        longest : int, optional
            Pixels of the longer side; larger photos are made smaller before they are drawn on.
        chart : bool, default=True
            Whether to draw charts of the scores.

        Returns
        -------
        picture : ndarray of shape (h, w, 3), uint8
            BGR.

        Raises
        ------
        DataNotFoundError, ImageReadError
            If the photo could not be read, or cannot be read any more.
        DisplayError
            If no font has the letters of the classes.
        """
        photo = self.photos[number]
        if photo.image is None and isinstance(photo.photo, str):
            raise ImageReadError(photo.error)
        image = read_image(photo.photo) if photo.image is None else photo.image
        image, scale = shrink(image, longest)
        faces = [
            replace(face, box=tuple(round(scale * side) for side in face.box))
            for face in photo.faces
        ]
        return annotate(image, faces, chart=chart)

    def plot(self, *, max_photos=12, columns=3, ax=None):
        """Draw the photos and their faces.

        Parameters
        ----------
        max_photos : int, default=12
            Photos to draw, at most; the first ones that can be read.
        columns : int, default=3
            Photos in a row.
        ax : matplotlib Axes, optional
            Where to draw; a figure of its own by default.

        Returns
        -------
        ax : matplotlib Axes

        Raises
        ------
        ValueError
            If no photo can be read and drawn, or ``max_photos`` or ``columns`` is below 1.
        MissingDependencyError
            If matplotlib is not installed.
        """
        from fer_classic.plotting import contact_sheet

        if max_photos < 1:
            raise ValueError(f"max_photos must be 1 or more, got {max_photos!r}.")
        alone = len(self.photos) == 1
        shown = self.pictures(max_photos, longest=900 if alone else 420, chart=alone)
        if not shown:
            raise ValueError(
                f"none of {len(self.photos)} photos can be read and drawn; see errors."
            )
        pictures = [picture for _, picture in shown]
        if alone:
            return contact_sheet(pictures, side=8.0, ax=ax)
        titles = [short_name(self.photos[number].photo) for number, _ in shown]
        ax = contact_sheet(pictures, titles, columns=columns, side=3.2, ax=ax)
        if len(shown) < len(self.photos):
            ax.set_title(f"{len(shown)} of {len(self.photos)} photos")
        return ax

    def pictures(self, count, *, longest, chart=False):
        """Draw the faces of the first photos that can be read.

        Parameters
        ----------
        count : int
            How many photos.
        longest, chart
            As for :meth:`annotated`.

        Returns
        -------
        pictures : list of (int, ndarray)
            Place of each photo in ``photos``, and its picture.
        """
        pictures = []
        for number, photo in enumerate(self.photos):
            if len(pictures) == count:
                break
            if photo.error is not None:
                continue
            try:
                pictures.append((number, self.annotated(number, longest=longest, chart=chart)))
            except FerClassicError:  # the file has gone since, or no font has the letters
                continue
        return pictures

    def __repr__(self):
        unread = f", {len(self.errors)} not readable" if self.errors else ""
        counts = f"{counted(len(self.photos), 'photo')}, {counted(len(self.faces), 'face')}"
        return f"<PhotoAnalysis: {counts}{unread}>"

    def _repr_html_(self):
        from fer_classic.analysis._html import photos_html

        return photos_html(self)
