"""Which score of readability separates words that text recognisers read from words that they do not?

    pip install rapidocr-onnxruntime==1.4.4 pillow numpy      (and `tesseract` with chi_sim on PATH, if it is there)

    cargo build --example readability -p kapok-design
    python bench/readability.py dots target/debug/examples/readability [--stroke]

For each word and count the dots are blurred by 0.4, 0.5 and 0.6 of their median distance, drawn black on white, and read.
A word counts as read by a recogniser if two of the three pictures are read letter by letter.

    cargo build -p kapok-cli
    python bench/readability.py pictures target/debug/kapok FOLDER [--stroke]

Each word and count is a scene of a show that is planned (a draft does) and drawn by `kapok render`, as the audience
sees it. The picture is cut at its lights and made so small that they are 1.2, 1.4 and 1.6 pixels apart, as a far spectator or a
phone sees them; a word counts as read if it is read in two of the three.

Both print one row a word and count, then how many read and unread ones stand on either side of the bar.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

BAR = 0.81
LATIN = ["KAPOK", "LOVE", "DRONE", "CANTON", "RIVER", "TOWER", "SUMMER", "HELLO", "NIGHT", "Welcome", "Happy 2027", "Guangzhou"]
HAN = ["福", "广州塔", "龙", "你好", "春节快乐", "木棉花", "中国", "生日快乐", "花城", "平安"]
PER_LETTER = {
    "dots": {"fill": ([10, 15, 20, 30, 40, 60, 90], [25, 35, 50, 80, 120]), "stroke": ([8, 12, 16, 20, 30, 40], [20, 30, 40, 50, 80])},
    "pictures": {"fill": ([40], [80]), "stroke": ([8, 20], [25, 50])},
}
APART_PX = (1.2, 1.4, 1.6)
LINE_PX = 64


def counts(word, door, style):
    latin, han = PER_LETTER[door][style]
    return [len(word.replace(" ", "")) * n for n in (han if word in HAN else latin)]


def blurred(dots, share):
    spacing = np.median([np.sort(np.hypot(*(dots - p).T))[1] for p in dots])
    sigma, scale = share * spacing, 160 / (dots[:, 1].max() - dots[:, 1].min() + 1e-9)
    low = dots.min(axis=0) - 10
    size = ((dots.max(axis=0) + 10 - low) * scale).astype(int) + 1
    x, y = np.arange(size[0]), np.arange(size[1])
    at = (dots - low) * scale
    bell = lambda axis, middle: np.exp(-0.5 * ((axis[None, :] - middle[:, None]) / (sigma * scale)) ** 2)
    light = bell(y, at[:, 1]).T @ bell(x, at[:, 0])
    light = 255 * np.clip(light / np.percentile(light[light > 0.3], 60), 0, 1)
    return Image.fromarray((255 - light[::-1]).astype(np.uint8)).convert("RGB")


def from_dots(arguments, style):
    """Word, count, score and pictures, from the dots of the example."""
    asked = ["--stroke"] if style == "stroke" else []
    for index, word in enumerate(LATIN + HAN):
        asked += ["--"] * (index > 0) + [word, *map(str, counts(word, "dots", style))]
    lines = subprocess.run([arguments[0], *asked], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines:
        word, count, score, dots = line.split("\t")
        dots = np.array([[float(v) for v in dot.split(",")] for dot in dots.split(" ")])
        yield word, int(count), float(score), [blurred(dots, share) for share in (0.4, 0.5, 0.6)]


SCRIPT = """title = "Words"
site = {{ origin = {{ latitude_deg = 23.1, longitude_deg = 113.3, amsl_m = 8 }}, heading_deg = 0 }}
fleet = {{ count = {fleet} }}
limits = {{ max_altitude_m = 900, max_velocity_xy_m_s = 20, max_velocity_up_m_s = 20, max_velocity_down_m_s = 20 }}
[[environment.audience]]
name = "Lawn"
polygon_m = [[-40, -760], [40, -760], [40, -740], [-40, -740]]
eye_m = [0, -750, 2]
look_at_m = [0, 150, 110]
"""
SCENE = """
[[scene]]
name = "{word} {count}"
hold_s = 2
[[scene.formation]]
count = {count}
source = {{ kind = "text", text = "{word}", height_m = {height}, style = "{style}" }}
place = {{ centre_m = [0, 150, 110] }}
"""


def from_shows(arguments, style):
    """Word, count, score and pictures, planned and drawn by the program."""
    kapok, folder = arguments[0], pathlib.Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, words, height in (("latin", LATIN, 110), ("han", HAN, 160)):
        asked = [(word, count) for word in words for count in counts(word, "pictures", style)]
        script, show = folder / f"{name}-{style}.toml", folder / f"{name}-{style}.skyc"
        scenes = [SCENE.format(word=word, count=count, height=height, style=style) for word, count in asked]
        script.write_text(SCRIPT.format(fleet=max(count for _, count in asked)) + "".join(scenes))
        plan = [kapok, "plan", script, "--draft", "--json", "-o", show]
        report = subprocess.run(plan, capture_output=True, text=True)
        if not show.exists():
            sys.exit(report.stderr)
        scores = {scene["name"]: scene["readability"] for scene in json.loads(report.stdout)["pictures"]}
        for word, count in asked:
            picture = folder / f"{word}-{count}-{style}.png"
            subprocess.run([kapok, "render", show, "--scene", f"{word} {count}", "--size", "1920x1080", "-o", picture], check=True, capture_output=True)
            yield word, count, scores[f"{word} {count}"], list(cut(Image.open(picture).convert("RGB")))


def cut(picture):
    """The lights, black on white, as seen from so far away that they are a few pixels apart, and brought near again."""
    light = np.asarray(picture).max(axis=2).astype(float)
    light = np.clip(light - np.median(light, axis=1, keepdims=True), 0, None)  # the sky
    light[: light.shape[0] // 8, : light.shape[1] // 4] = 0  # the word "draft"
    reach = range(-2, 3)
    peaks = np.max([np.roll(light, (y, x), (0, 1)) for y in reach for x in reach], axis=0) <= light
    lights = np.argwhere(peaks & (light > 0.6 * light.max()))
    low, high = lights.min(axis=0), lights.max(axis=0)
    distances = np.hypot(*(lights[:, None, :] - lights[None, :, :]).transpose(2, 0, 1))
    spacing = np.median(np.sort(np.where(distances < 3, np.inf, distances), axis=1)[:, 0])
    margin = int(2 * spacing + 0.2 * (high[0] - low[0]))
    box = (low[1] - margin, low[0] - margin, high[1] + margin, high[0] + margin)
    for apart in APART_PX:
        far = Image.fromarray(light.astype(np.uint8)).crop(box)
        near = LINE_PX / (high[0] - low[0])
        size = (int(far.width * near), int(far.height * near))
        far = far.resize((int(far.width * apart / spacing), int(far.height * apart / spacing)), Image.Resampling.BOX)
        far = np.asarray(far.resize(size, Image.Resampling.BICUBIC)).astype(float)
        far = np.clip(far / np.percentile(far[far > 0.3 * far.max()], 60), 0, 1)
        yield Image.fromarray((255 * (1 - far)).astype(np.uint8)).convert("RGB")


def recognisers():
    from rapidocr_onnxruntime import RapidOCR

    engine = RapidOCR()

    def rapid(image, _):
        found = engine(np.array(image), use_det=False, use_cls=False)[0]
        return "".join(text for text, *_ in found or [])

    readers = {"RapidOCR": rapid}
    if shutil.which("tesseract"):

        def tesseract(image, word):
            with tempfile.NamedTemporaryFile(suffix=".png") as file:
                image.save(file.name)
                language = "chi_sim" if word in HAN else "eng"
                command = ["tesseract", file.name, "-", "--psm", "7", "-l", language]
                return subprocess.run(command, capture_output=True, text=True).stdout

        readers["Tesseract"] = tesseract
    return readers


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--stroke"]
    style = "stroke" if "--stroke" in sys.argv else "fill"
    door = {"dots": from_dots, "pictures": from_shows}[arguments[0]]
    readers = recognisers()
    plain = lambda text: text.replace(" ", "").strip()
    sides = {name: [[0, 0], [0, 0]] for name in [*readers, "any"]}
    print("| word | vehicles | score |", " | ".join(readers), "|\n| --- | ---: | ---: |", " | ".join("---" for _ in readers), "|")
    for word, count, score, pictures in door(arguments[1:], style):
        right = {name: sum(plain(read(p, word)) == plain(word) for p in pictures) for name, read in readers.items()}
        for name, number in [*right.items(), ("any", max(right.values()))]:
            sides[name][score >= BAR][number >= 2] += 1
        print(f"| {word} | {count} | {score:.2f} |", " | ".join(f"{n} of {len(pictures)}" for n in right.values()), "|", flush=True)
    for name, ((below_unread, below_read), (above_unread, above_read)) in sides.items():
        print(f"{name}: below {BAR}: {below_read} read, {below_unread} not; from it on: {above_read} read, {above_unread} not")


if __name__ == "__main__":
    main()
