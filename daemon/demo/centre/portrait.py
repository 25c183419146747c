"""A face for everyone, of nobody: a grey silhouette whose shape and tint follow from the record id."""

import hashlib
import io

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 300, 400


def portrait(record_id: str) -> bytes:
    """JPEG, the same bytes for the same id."""
    seed = hashlib.sha256(record_id.encode()).digest()
    shade = 70 + seed[0] % 50
    back = tuple(175 + part % 60 for part in seed[1:4])
    person = (shade, shade, shade + seed[4] % 20)
    image = Image.new("RGB", (WIDTH, HEIGHT), back)
    draw = ImageDraw.Draw(image)
    half_face, face_height = 58 + seed[5] % 16, 150 + seed[6] % 24
    middle, chin = WIDTH // 2, 240
    shoulders = 105 + seed[7] % 30
    draw.ellipse((middle - shoulders, chin + 20, middle + shoulders, HEIGHT + 160), fill=person)
    draw.rectangle((middle - 28, chin - 40, middle + 28, chin + 50), fill=person)
    draw.ellipse((middle - half_face, chin - face_height, middle + half_face, chin + 12), fill=person)
    if seed[8] % 2:
        hair = (middle - half_face - 14, chin - face_height - 16, middle + half_face + 14, chin + 60)
        draw.pieslice(hair, 180, 360, fill=person)
    jpeg = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(jpeg, "JPEG", quality=78)
    return jpeg.getvalue()
