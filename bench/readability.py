"""Which score of readability separates words that text recognisers read from words that they do not?

    pip install rapidocr-onnxruntime==1.4.4 pillow numpy      (and `tesseract` with chi_sim on PATH, if it is there)
    cargo build --example readability -p kapok-design
    python bench/readability.py target/debug/examples/readability

For each word and count the dots are blurred by 0.4, 0.5 and 0.6 of their median distance, drawn black on white, and read.
A word counts as read by a recogniser if two of the three pictures are read letter by letter. Prints one row a word and
count, then how many read and unread ones stand on either side of the bar.
"""

import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

BAR = 0.81
LATIN = ["KAPOK", "LOVE", "DRONE", "CANTON", "RIVER", "TOWER", "SUMMER", "HELLO", "NIGHT", "Welcome", "Happy 2027", "Guangzhou"]
HAN = ["福", "广州塔", "龙", "你好", "春节快乐", "木棉花", "中国", "生日快乐", "花城", "平安"]


def counts(word):
    letters = len(word.replace(" ", ""))
    each = [25, 35, 50, 80, 120] if word in HAN else [10, 15, 20, 30, 40, 60, 90]
    return [str(letters * n) for n in each]


def picture(dots, share):
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
    arguments = []
    for word in LATIN + HAN:
        arguments += ["--"] * bool(arguments) + [word, *counts(word)]
    lines = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, check=True).stdout.splitlines()
    readers = recognisers()
    plain = lambda text: text.replace(" ", "").strip()
    sides = {name: [[0, 0], [0, 0]] for name in [*readers, "any"]}
    print("| word | vehicles | score |", " | ".join(readers), "|\n| --- | ---: | ---: |", " | ".join("---" for _ in readers), "|")
    for line in lines:
        word, count, score, dots = line.split("\t")
        dots = np.array([[float(v) for v in dot.split(",")] for dot in dots.split(" ")])
        pictures = [picture(dots, share) for share in (0.4, 0.5, 0.6)]
        right = {name: sum(plain(read(p, word)) == plain(word) for p in pictures) for name, read in readers.items()}
        above = float(score) >= BAR
        for name, number in right.items():
            sides[name][above][number >= 2] += 1
        sides["any"][above][max(right.values()) >= 2] += 1
        print(f"| {word} | {count} | {float(score):.2f} |", " | ".join(f"{n} of 3" for n in right.values()), "|", flush=True)
    for name, ((below_unread, below_read), (above_unread, above_read)) in sides.items():
        print(f"{name}: below {BAR}: {below_read} read, {below_unread} not; from it on: {above_read} read, {above_unread} not")


if __name__ == "__main__":
    main()
