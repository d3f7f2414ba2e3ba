"""The names columns go by in English and Chinese, and what stands below them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Meaning:
    """What a column can mean.

    content:  date, number, text, code (text that repeats little) or unit
    names:    spellings from most to least telling, separated by |
    """

    content: str
    names: tuple[str, ...]


def _meaning(content: str, names: str) -> Meaning:
    return Meaning(content, tuple(plain(name) for name in names.split("|")))


SIMPLIFIED = str.maketrans(
    "貨號數單價額倉庫產規條碼銷編稱時間類備註廠應訂購總計狀態業務員廢個發實際據開結餘進"
    "彙補點預長門負責買賣優惠換幣倍檔",
    "货号数单价额仓库产规条码销编称时间类备注厂应订购总计状态业务员废个发实际据开结余进"
    "汇补点预长门负责买卖优惠换币倍档",
)
"""Characters of the names below as written in Hong Kong and Taiwan."""


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, width, spaces, punctuation and what brackets hold.

    >>> plain("Unit Price (RMB)"), plain("商品编码：")
    ('unitprice', '商品编码')
    """
    name = unicodedata.normalize("NFKC", name).lower().translate(SIMPLIFIED)
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", name)
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", name)


MEANINGS: dict[str, Meaning] = {
    "code": _meaning(
        "code",
        "商品编码|货号|编码|SKU|商品编号|商品代码|物料编码|物料编号|物料代码|"
        "存货编码|存货编号|产品编码|产品编号|产品代码|产品型号|货品编号|货品编码|"
        "品号|料号|款号|商家编码|存货代码|编号|代码|内部参考|item code|item number|"
        "item no|item|"
        "article|article code|article number|article no|product code|"
        "product number|internal reference|stock code|stockcode|part number|"
        "part no|material|material number|default code|reference|code",
    ),
    "barcode": _meaning(
        "code",
        "条码|条形码|商品条码|国际条码|69码|barcode|bar code|EAN|EAN13|UPC|GTIN",
    ),
    "name": _meaning(
        "text",
        "品名|商品名称|货品名称|产品名称|物料名称|存货名称|商品全名|商品品名|品名规格|"
        "名称|货名|商品|产品|"
        "物料|product name|item name|article name|description|item description|"
        "product description|product|name",
    ),
    "specification": _meaning(
        "text",
        "规格|规格型号|型号|商品规格|型号规格|颜色尺码|颜色规格|规格属性|"
        "specification|spec|model|"
        "variant|size",
    ),
    "category": _meaning(
        "text",
        "类别|分类|商品分类|商品类别|品类|大类|category|product category|group|"
        "product group",
    ),
    "unit": _meaning(
        "unit",
        "基本单位|主计量单位|主单位|主计量|基本计量单位|单位|计量单位|销售单位|库存单位|"
        "unit of measure|uom|unit|units",
    ),
    "quantity": _meaning(
        "number",
        "基本数量|主数量|基本单位数量|主单位数量|数量|销量|销售数量|出库数量|"
        "发货数量|实发数量|发出数量|销货数量|订货数量|件数|"
        "出货数量|销售量|用量|领用数量|消耗数量|净销量|净销售数量|净销数量|quantity|"
        "qty|sold quantity|"
        "quantity sold|sales quantity|units sold|pieces|shipped quantity|demand",
    ),
    "returned": _meaning(
        "number",
        "退货数量|退货数|退回数量|退回数|退货件数|returned quantity|quantity returned|"
        "returned|returns",
    ),
    "price": _meaning(
        "number",
        "单价|价格|销售单价|商品单价|含税单价|售价|不含税单价|折后单价|unit price|"
        "price|"
        "sales price|list price",
    ),
    "cost": _meaning(
        "number",
        "成本|成本价|成本单价|进价|进货价|采购单价|采购价|unit cost|cost|"
        "cost price|purchase price|standard price",
    ),
    "amount": _meaning(
        "number",
        "金额|销售金额|销售额|含税金额|价税合计|总金额|合计金额|总价|不含税金额|"
        "折后金额|应付金额|实付金额|应收金额|实收金额|商品金额|amount|total|"
        "line total|total amount|"
        "sales amount|revenue|"
        "turnover|value|subtotal|net amount",
    ),
    "date": _meaning(
        "date",
        "日期|单据日期|销售日期|出库日期|发货日期|业务日期|开单日期|制单日期|"
        "订单日期|时间|交易日期|下单时间|月份|年月|期间|date|document date|"
        "order date|invoice date|sales date|delivery date|posting date|"
        "transaction date|invoicedate|开始日期|起始日期|开始时间|起始时间|"
        "start date|from date|first day|"
        "month|period|day",
    ),
    "date_to": _meaning(
        "date",
        "结束日期|截止日期|分类截止日期|到期日期|结束时间|end date|to date|date to|"
        "class until|last day|until|end",
    ),
    "document": _meaning(
        "code",
        "单据号|单据编号|单号|订单号|销售单号|出库单号|发票号|单据号码|订单编号|"
        "流水号|document number|document no|document|order number|order no|order|"
        "invoice number|invoice no|invoice|voucher no|invoiceno",
    ),
    "document_type": _meaning(
        "text",
        "单据类型|业务类型|类型|出库类型|交易类型|document type|transaction type|type",
    ),
    "state": _meaning(
        "text",
        "状态|单据状态|订单状态|审核状态|是否作废|作废|作废标志|作废标记|已作废|"
        "是否取消|status|state|cancelled|canceled|void|voided",
    ),
    "warehouse": _meaning(
        "text",
        "仓库|仓库名称|仓库全名|发货仓库|出库仓库|发货仓|仓别|库房|门店|店铺|warehouse|"
        "warehouse name|store|location|shop|site|branch",
    ),
    "vendor": _meaning(
        "text",
        "供应商|供应商名称|供应商全名|供货商|供货单位|厂商|厂家|vendor|supplier|"
        "vendor name|"
        "supplier name|manufacturer",
    ),
    "vendor_code": _meaning(
        "code",
        "供应商货号|供应商编码|供应商商品编码|厂家货号|供应商料号|原厂编码|"
        "vendor code|supplier code|vendor product code|supplier item|vendor item|"
        "supplier part number",
    ),
    "customer": _meaning(
        "text",
        "客户|客户名称|客户全名|购货单位|往来单位|单位全名|客户编码|会员|买家|"
        "customer|customer name|"
        "client|customer id|customerid|buyer|sold to",
    ),
    "salesperson": _meaning(
        "text",
        "业务员|销售员|经手人|职员|salesperson|sales rep|seller|employee",
    ),
    "note": _meaning(
        "text",
        "备注|说明|摘要|附注|note|notes|remark|remarks|comment|reason|原因",
    ),
    "lead_time": _meaning(
        "number",
        "提前期|采购提前期|交货周期|供货周期|到货天数|采购周期|交期|lead time|"
        "leadtime|delivery time|lead time days|delivery lead time",
    ),
    "minimum_order": _meaning(
        "number",
        "最小起订量|起订量|最小订货量|最低订货量|最小采购量|MOQ|"
        "minimum order quantity|min order qty|minimum quantity",
    ),
    "pack": _meaning(
        "number",
        "订货倍数|包装数量|装箱数|箱规|每箱数量|包装规格数|采购倍数|order multiple|"
        "pack size|pack|multiple|lot size|case size|units per carton",
    ),
    "minimum": _meaning(
        "number",
        "最低库存|库存下限|最小库存|最低库存数量|最低库存量|最小库存量|下限数量|"
        "再订货点|下限|最小数量|安全库存|安全库存量|安全库存数量|min|minimum|"
        "min stock|minimum stock|reorder point|min quantity|safety stock|min qty",
    ),
    "maximum": _meaning(
        "number",
        "最高库存|库存上限|最大库存|最高库存数量|最高库存量|最大库存量|上限数量|"
        "目标库存|"
        "上限|最大数量|max|maximum|max stock|"
        "maximum stock|order up to level|reorder up to level|max quantity|max qty",
    ),
    "class": _meaning(
        "text",
        "ABC分类|ABC|ABC类别|分级|等级|class|abc class|abc xyz|classification",
    ),
    "order_cost": _meaning(
        "number",
        "订货成本|每次订货成本|采购费用|ordering cost|order cost|cost per order",
    ),
    "holding_rate": _meaning(
        "number",
        "持有成本率|持有成本|资金占用率|库存持有率|holding rate|holding cost|"
        "carrying rate|carrying cost",
    ),
    "service_level": _meaning(
        "number",
        "服务水平|目标服务水平|最低服务水平|满足率|订单满足率|service level|fill rate|"
        "service at least|target",
    ),
    "max_cover": _meaning(
        "number",
        "最大覆盖天数|最大库存天数|最长可销天数|largest cover|max cover|"
        "max days of cover|maximum cover days",
    ),
    "shelf_life": _meaning(
        "number", "保质期|保质期天数|有效期天数|shelf life|shelf life days"
    ),
    "promotion": _meaning(
        "text",
        "促销|活动|促销活动|活动名称|promotion|event|campaign|promo",
    ),
    "increase": _meaning(
        "number",
        "增幅|提升比例|预计增幅|预计增长|预计提升|增长|增长率|uplift|lift|increase|"
        "expected change",
    ),
    "factor": _meaning("number", "系数|倍数|factor|multiplier"),
    "one_off": _meaning(
        "text",
        "一次性|一次性需求|项目订单|是否项目|one-off|one off|project order|oneoff",
    ),
    "suggested": _meaning(
        "number",
        "建议数量|建议采购量|建议订货量|suggested quantity|suggested qty|to order",
    ),
    "decided": _meaning(
        "number",
        "确认数量|决定数量|实际采购量|采购数量|decision|decided quantity|order qty",
    ),
    "on_hand": _meaning(
        "number",
        "库存|现有量|在手|在手数量|库存数量|当前库存|结存数量|on hand|stock|"
        "qty on hand",
    ),
}
"""All meanings; an import asks for those it can use."""

KNOWN = frozenset(name for meaning in MEANINGS.values() for name in meaning.names)


def known_name(text: str) -> bool:
    """Whether a cell reads like the name of a column."""
    return len(text) <= 40 and plain(text) in KNOWN
