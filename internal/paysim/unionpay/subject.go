package unionpay

import "strings"

// commodity is the name of the goods in riskRateInfo: {commodityName=…&more=…}.
func commodity(risk string) string {
	for part := range strings.SplitSeq(strings.Trim(risk, "{}"), "&") {
		if name, found := strings.CutPrefix(part, "commodityName="); found {
			return name
		}
	}
	return "商品"
}
