"""What the kind and the status of a document mean for demand, unless somebody says so.

The rules only propose: each kind and status of a file is listed among its names, where
it can be decided otherwise.
"""

from __future__ import annotations

#: a document with one of these in its status never took place, or was taken back
CANCELLED = ("作废", "取消", "撤销", "废单", "交易关闭", "已退款", "已退货", "草稿",
             "void", "cancel", "storno", "refunded", "draft")  # fmt: skip
#: what in front of such a word turns it round
DENIED = ("未", "不", "非", "没有", "not ", "un", "non-", "no ")
#: what a column of the kind 是否作废 says of a document that is
YES = {"是", "y", "yes", "true", "1", "√", "✓", "✔", "t"}
NO = {"否", "n", "no", "false", "0", "×", "f", "", "-"}
#: a document of one of these kinds brings goods back
RETURNED = (
    "退",
    "红字",
    "红冲",
    "冲红",
    "冲销",
    "return",
    "refund",
    "credit",
    "retour",
)
#: a document of one of these kinds is a sale, or the return of one
SALE = ("销", "零售", "sale", "customer")
#: a document of one of these kinds is no demand
NO_DEMAND = ("采购", "进货", "购货", "调拨", "移库", "盘点", "盘盈", "盘亏", "报损",
             "报溢", "报价", "收款", "付款", "purchase", "vendor", "supplier",
             "transfer", "inventory count", "adjustment", "payment",
             "quotation")  # fmt: skip
#: goods that come in, unless another word says they come back
RECEIVED = ("入库", "收货", "receipt")


def effect_of_document(text: str) -> str:
    """What rows of this kind of document do: use, return or skip.

    >>> [effect_of_document(text) for text in ("销售出库", "销售退货入库", "采购退货")]
    ['use', 'return', 'skip']
    """
    text = text.casefold().replace("冲销", "冲红")
    back = _has(text, RETURNED)
    if _has(text, SALE):
        return "return" if back else "use"
    if _has(text, NO_DEMAND):
        return "skip"
    if back:
        return "return"
    return "skip" if _has(text, RECEIVED) else "use"


def effect_of_state(text: str, header: str = "") -> str:
    """Whether documents of this status count: use or skip.

    header:  the name of the column; below 是否作废 a mere 是 means cancelled

    >>> effect_of_state("已作废"), effect_of_state("未作废")
    ('skip', 'use')
    >>> effect_of_state("是", "是否作废"), effect_of_state("是", "是否审核")
    ('skip', 'use')
    """
    text = text.strip().casefold()
    if text in YES | NO:
        return "skip" if text in YES and _has(header.casefold(), CANCELLED) else "use"
    denied = [before + word for before in DENIED for word in CANCELLED]
    return "skip" if _has(text, CANCELLED) and not _has(text, denied) else "use"


def _has(text: str, words) -> bool:
    return any(word in text for word in words)
