"""One spelling for each unit of measure."""

from __future__ import annotations

import re
import unicodedata

SPELLINGS = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme 千克 公斤 ㎏",
    "g": "g gr gram grams gramme 克 公克",
    "mg": "mg milligram milligrams 毫克",
    "jin": "斤 市斤 jin",
    "liang": "两 市两 liang",
    "t": "t ton tons tonne tonnes 吨 公吨 mt",
    "lb": "lb lbs pound pounds 磅",
    "oz": "oz ounce ounces 盎司",
    "l": "l lt ltr litre litres liter liters 升 公升",
    "ml": "ml millilitre milliliter 毫升 cc",
    "m3": "m3 m³ cbm 立方米 立方 方 cubicmeter cubicmetre",
    "gal": "gal gallon gallons 加仑",
    "m": "m mtr metre metres meter meters 米 公尺",
    "cm": "cm centimetre centimeter 厘米 公分",
    "mm": "mm millimetre millimeter 毫米",
    "km": "km kilometre kilometer 千米 公里",
    "in": "in inch inches 英寸 寸",
    "ft": "ft foot feet 英尺",
    "yd": "yd yds yard yards 码",
    "m2": "m2 m² sqm 平方米 平米 平方 squaremeter squaremetre",
    "piece": "pc pcs pce piece pieces ea each unit units no nos 个 個 件 只 隻 支 "
    "枚 颗 粒 把 条 根 块 片 本 台 架 辆 顶 单位 stk stück",
    "dozen": "dozen dozens doz dz 打",
    "pair": "pair pairs pr prs 双 对 副",
    "set": "set sets 套 组",
    "box": "box boxes bx 盒",
    "carton": "carton cartons ctn ctns case cases 箱 件箱",
    "bag": "bag bags 袋 包",
    "pack": "pack packs package packages pk pkt packet 扎 捆 联",
    "bottle": "bottle bottles btl 瓶",
    "can": "can cans tin tins 罐 听",
    "barrel": "barrel barrels drum drums bbl 桶",
    "roll": "roll rolls rl 卷 轴",
    "sheet": "sheet sheets 张",
    "pallet": "pallet pallets plt 托 托盘 板",
    "day": "day days d 天 日",
    "hour": "hour hours h hr hrs 小时 时",
}
"""Canonical unit → spellings. Different counting words for pieces mean one unit;
斤 (500 g) is not 公斤 (1 kg)."""

UNITS = {
    spelling: unit for unit, line in SPELLINGS.items() for spelling in line.split()
}


def normalise_unit(text: str) -> str | None:
    """The canonical unit, or None if the spelling is not known.

    >>> [normalise_unit(text) for text in ("千克", "KG", "kg.", "公 斤", "斤", "?")]
    ['kg', 'kg', 'kg', 'kg', 'jin', None]
    """
    known = UNITS.get(text.strip().lower())
    if known:
        return known
    bare = unicodedata.normalize("NFKC", text).lower()
    return UNITS.get(re.sub(r"[\s.()]", "", bare))
