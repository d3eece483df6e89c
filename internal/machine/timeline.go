package machine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/phrases"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// Entry is one line of a request's life.
type Entry struct {
	store.Moment
	Later    bool   // it happened after the moment looked at
	Workflow string // the id in Temporal of the run that it is about; empty: the request's own
	Refund   string // the refund that it is about
}

func (m *Machine) timeline(ctx context.Context, r models.Request, at time.Time) ([]Entry, error) {
	moments, err := m.Rows.Timeline(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(moments))
	for i, moment := range moments {
		entries[i] = Entry{Moment: moment, Later: moment.At.After(at)}
		var about struct {
			Refund string `json:"refund"`
		}
		if err := json.Unmarshal(moment.Detail, &about); err == nil && about.Refund != "" {
			entries[i].Refund, entries[i].Workflow = about.Refund, workflows.RefundID(about.Refund)
		}
	}
	return entries, nil
}

// Coming is something that happens by itself. At is zero for what is under way and ends
// with an answer, whenever that comes. Code is stable, Ref what it is about.
type Coming struct {
	support.Next
	ZH   string // the sentence in Chinese; What is in English
	Code string
	Ref  string
}

func (m *Machine) next(ctx context.Context, p *Page) ([]Coming, error) {
	list := Ahead(p.Request)
	if p.Live {
		errands, err := m.Rows.Errands(ctx, p.Request.ID)
		if err != nil {
			return nil, err
		}
		for _, errand := range errands {
			list = append(list, ofErrand(errand))
		}
	}
	slices.SortStableFunc(list, func(a, b Coming) int { return a.At.Compare(b.At) })
	return list, nil
}

// Ahead is what the law has coming for a request as it stands: what is under way first,
// then its timers, the soonest first.
func Ahead(r models.Request) []Coming {
	var list []Coming
	for _, effect := range slices.Concat(r.Unfinished(), r.Polls()) {
		list = append(list, underWay(r, effect))
	}
	for _, due := range r.Dues() {
		words := lapses[due.Kind]
		list = append(list, Coming{
			Next: support.Next{At: due.At, What: words.en}, ZH: words.zh, Code: string(due.Kind), Ref: r.ID,
		})
	}
	return list
}

// underWay tells an effect, and of which provider an answer is awaited.
func underWay(r models.Request, effect models.Effect) Coming {
	words, ref := effects[effect.Kind], effect.Ref
	a, known := r.Attempt(ref)
	if f, isRefund := r.Refund(ref); isRefund && !known {
		a, _ = r.Attempt(f.Attempt)
	}
	return Coming{
		Next: support.Next{What: fmt.Sprintf(words.en, a.Provider, ref)},
		ZH:   fmt.Sprintf(words.zh, chinese(a.Provider), ref), Code: string(effect.Kind), Ref: ref,
	}
}

func ofErrand(e store.Errand) Coming {
	words := errands[e.Kind]
	return Coming{
		Next: support.Next{At: e.At, What: fmt.Sprintf(words.en, e.What, e.Tries)},
		ZH:   fmt.Sprintf(words.zh, chinese(e.What), e.Tries), Code: e.Kind, Ref: e.ID,
	}
}

// chinese is a stable word of ours as our colleagues say it; any other stays as it is.
func chinese(word string) string {
	said, _ := phrases.Code(word)
	return said
}

type sentence struct{ en, zh string }

// lapses say what time does when its moment comes.
var lapses = map[models.EventKind]sentence{
	models.CheckLapsed: {
		"The request is given up: its order was never checked.",
		"请求作废：订单一直没有检查完。",
	},
	models.RequestLapsed: {
		"The request expires; what is being paid is closed at the provider.",
		"请求到期；正在付的会在支付机构关单。",
	},
	models.SlotLapsed: {
		"The payer's time is over; his payment is closed at the provider.",
		"付款人的时间到；他的付款会在支付机构关单。",
	},
	models.PollDue: {
		"The provider is asked whether the payer has paid.",
		"向支付机构查询付款人是否已付。",
	},
	models.SilenceLapsed: {
		"Nobody has answered for too long: a case is opened.",
		"太久没有答复：开一个工单。",
	},
	models.PauseLapsed: {
		"The pause ends.",
		"暂停结束。",
	},
	models.GuardLapsed: {
		"The watch for late money ends; what comes later starts the request again.",
		"不再守候迟到的钱；之后到的钱会重新启动请求。",
	},
}

// effects say what is awaited; they are given the provider and the number.
var effects = map[models.EffectKind]sentence{
	models.OpenPayment: {
		"%s is asked to make payment %s; after half a minute nobody knows, and it is closed.",
		"请 %s 下单 %s；半分钟没有结果就去关单。",
	},
	models.ClosePayment: {
		"%s is asked to close payment %s until it answers.",
		"请 %s 关单 %s，直到有答复。",
	},
	models.ApplyOrder: {
		"The order is asked to take the money of %s payment %s.",
		"请订单收下 %s 付款 %s 的钱。",
	},
	models.AskOrderHook: {
		"The merchant's system is asked to take the money of %s payment %s until it answers.",
		"请商户系统收下 %s 付款 %s 的钱，直到有答复。",
	},
	models.StartRefund: {
		"%s gives refund %s back; it is asked about until there is an end.",
		"%s 正在退回 %s；一直查询到有结果。",
	},
	models.DivertRefund: {
		"%s is asked to send refund %s to the merchant's own account.",
		"请 %s 把退款 %s 转到商户自己的账户。",
	},
	models.PollPayment: {
		"%s is asked about payment %s until there is an end, at longest every ten minutes.",
		"向 %s 查询付款 %s 直到有结果，最长每十分钟一次。",
	},
	models.FollowRefund: {
		"%s is asked about the broken refund %s, about once an hour.",
		"向 %s 查询失败的退款 %s，大约每小时一次。",
	},
}

// errands say what waits outside of the workflow; they are given what it is and how often
// it was tried.
var errands = map[string]sentence{
	"message": {
		"Message %s is sent (tried %d times so far).",
		"发送消息 %s（已试 %d 次）。",
	},
	"callback": {
		"A %s callback is handed to the request (tried %d times so far).",
		"把 %s 回调交给请求（已试 %d 次）。",
	},
	"case": {
		"Somebody must have looked at the case %[1]s by then.",
		"此前须有人处理工单 %[1]s。",
	},
}
