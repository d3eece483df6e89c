package house

import (
	"errors"
	"fmt"
	"strings"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/worker"
)

// checkMessages reads what people are written, and when.
func (c Config) checkMessages(wrong *complaints) {
	_, err := notify.ReadShelf(c.SMSTemplates)
	wrong.say(err != nil, "FRIENDPAY_SMS_TEMPLATES are like reminder_half/zh-CN=id, by commas")
	accounts, err := notify.ReadShelf(c.WeChatTemplates)
	wrong.say(err != nil || !accounts.Named(), // WeChat's fields are never called as ours
		"FRIENDPAY_WECHAT_TEMPLATES are like reminder_half/zh-CN=id:amount=amount3;until=time2, by commas")
	_, err = notify.ReadHours(c.QuietHours)
	wrong.say(err != nil, "FRIENDPAY_QUIET_HOURS are like 22:00-08:00")
}

// quiet are the hours at which nothing leaves that can wait.
func (c Config) quiet() (notify.Hours, error) { return notify.ReadHours(c.QuietHours) }

// texts are the templates of the SMS gateway. Whoever set none up has one of each kind, called after its
// type; in dev in every language.
func (c Config) texts() (notify.Shelf, error) {
	languages := []notify.Language{notify.Chinese}
	if c.Dev() {
		languages = notify.Languages
	}
	return notify.ReadShelf(append(notify.Usual(languages...), c.SMSTemplates...))
}

// templates are those of official accounts at WeChat: none that was not reviewed, but in dev.
func (c Config) templates() (notify.Shelf, error) {
	lines := c.WeChatTemplates
	if c.Dev() {
		lines = append(notify.Usual(notify.Languages...), lines...)
	}
	return notify.ReadShelf(lines)
}

// Messages says what people can be written, for whoever looks whether all is set up.
func (c Config) Messages() (string, error) {
	texts, err := c.texts()
	templates, err2 := c.templates()
	said := []string{fmt.Sprintf("of %d kinds", len(notify.Kinds))}
	for _, language := range notify.Languages {
		said = append(said, fmt.Sprintf("in %s %d as texts, %d as WeChat templates",
			language, texts.Has(language), templates.Has(language)))
	}
	return strings.Join(said, "; "), errors.Join(err, err2)
}

// outbox tells people, each by his ways.
func (h *House) outbox() (*worker.Outbox, error) {
	texts, err := h.Config.texts()
	if err != nil {
		return nil, err
	}
	templates, err := h.Config.templates()
	if err != nil {
		return nil, err
	}
	quiet, err := h.Config.quiet()
	return &worker.Outbox{
		Letters: h.Store, Durable: h.Door, Quiet: quiet, Clock: h.Config.now, Log: h.Log, Tracer: h.Traces.Tracer(),
		Ways: map[notify.Channel]worker.Notifier{
			notify.WeChat:   worker.Templates{Accounts: h.Accounts, Shelf: templates},
			notify.SMS:      worker.Texts{Gateway: h.SMS, Shelf: texts},
			notify.Merchant: worker.Endpoints{Letters: h.Store},
		},
	}, err
}
