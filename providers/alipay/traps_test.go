package alipay_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// traps maps every trap of testdata/traps.txt to the test that proves it handled.
var traps = map[string]string{
	"3.1.1":   "TestEveryCallHasAnEnd",
	"3.1.2":   "TestCallsAreStampedInShanghaiAndSayNothingEmpty",
	"3.1.3":   "TestRefusalsAreClassed",
	"3.1.4":   "TestAnAnswerIsOnlyBelievedWhenItIsSigned",
	"3.1.5":   "TestThePanicsOfTheLibraryAreCaught",
	"3.1.6":   "TestACashierIsASignedAddressAndCallsNobody",
	"3.1.7":   "TestACodeIsExchangedForAnOpenID",
	"3.1.8":   "TestForeignCallbacksAreRefused",
	"3.1.9":   "TestCallbacksAreReadAsFormsOnly",
	"3.1.10":  "TestARecordedCallback",
	"3.1.11":  "TestARecordedSignatureOfOurs",
	"3.1.12":  "TestCertificatesAreNamedAndNeverDownloaded",
	"3.1.13":  "TestACodeIsForAnybodyAndATradeForOne",
	"3.1.14":  "TestARefundThatMovedMoneyIsDone",
	"3.1.15":  "TestARefusalIsOnlyBelievedWhenItIsSigned",
	"3.1.16":  "TestAnAnswerWithoutEndIsCut",
	"3.1.17":  "TestTheLoginAddressIsOurOwn",
	"3.1.18":  "TestWhereTheMoneyCameFrom",
	"3.1.19":  "TestCertificatesMustBelongTogether",
	"3.1.20":  "TestForgedCallbacksAreRefused",
	"3.1.21":  "TestAStatusThatIsNot200IsNoAnswer",
	"3.2.1":   "TestCallsAreStampedInShanghaiAndSayNothingEmpty",
	"3.2.2":   "TestARecordedSignatureOfOurs",
	"3.2.3":   "TestRecordedCertificatesAreNamedAsAlipayNamesThem",
	"3.2.4":   "TestACashierInCertificateModeNamesTheCertificates",
	"3.3.1":   "TestARecordedAnswer",
	"3.3.2":   "TestARefusalIsOnlyBelievedWhenItIsSigned",
	"3.3.3":   "TestRefusalsAreClassed",
	"3.3.4":   "TestWhatARefusalQuotesStaysOutOfTheError",
	"3.3.5":   "TestAnUnsignedWordOfTheSimulatorIsNotBelieved",
	"3.4.1":   "TestACashierIsASignedAddressAndCallsNobody",
	"3.4.2":   "TestAmountsAreYuanToTheFen",
	"3.4.3":   "TestSubjectsAreWhatAlipayTakes",
	"3.4.4":   "TestTheEndIsInWholeSecondsAndNotLater",
	"3.4.5":   "TestRefusalsAreClassed",
	"3.4.6":   "TestACodeIsForAnybodyAndATradeForOne",
	"3.4.7":   "TestACodeIsForAnybodyAndATradeForOne",
	"3.4.8":   "TestACodeIsForAnybodyAndATradeForOne",
	"3.4.9":   "TestContract",
	"3.5.1":   "TestAnUnknownTradeIsNotCreatedAndStaysPayable",
	"3.5.2":   "TestTradeStatesAreTranslated",
	"3.5.3":   "TestTradeStatesAreTranslated",
	"3.5.4":   "TestMoneyWithoutProofIsNone",
	"3.5.5":   "TestAPaidOrderTellsAllOfIt",
	"3.6.1":   "TestALinkIsPaidByWhoeverFollowsIt",
	"3.6.2":   "TestClosingTellsHowTheOrderEnded",
	"3.6.3":   "TestClosingTellsHowTheOrderEnded",
	"3.7.1":   "TestForgedCallbacksAreRefused",
	"3.7.2":   "TestARecordedCallback",
	"3.7.3":   "TestCallbacksAreReadByTheirKind",
	"3.7.4":   "TestAcknowledgementsAreWhatAlipayUnderstands",
	"3.7.5":   "TestCallbacksAreReadByTheirKind",
	"3.7.6":   "TestOrdersThatAlipayWouldNotTakeAreNotSent",
	"3.7.7":   "TestASignedTextIsReadInOneWayOnly",
	"3.7.8":   "TestCallbacksNameTheCertificateThatWeKnow",
	"3.8.1":   "TestRefusalsAreClassed",
	"3.9.1":   "TestARefundThatMovedNothingIsAskedAbout",
	"3.9.2":   "TestARefundThatMovedMoneyIsDone",
	"3.9.3":   "TestARefundThatMovedNothingIsAskedAbout",
	"3.9.4":   "TestRefundStatesAreTranslated",
	"3.9.5":   "TestRefusedRefundsAreClassed",
	"3.9.6":   "TestRefusedRefundsAreClassed",
	"3.9.7":   "TestRefundStatesAreTranslated",
	"3.10.1":  "TestABillThatCannotBeHadAnyMore",
	"3.10.2":  "TestABillIsOnlyFetchedFromAlipay",
	"3.10.3":  "TestABillIsReadToTheFen",
	"3.10.4":  "TestABillIsReadToTheFen",
	"3.10.5":  "TestABillIsReadToTheFen",
	"3.10.6":  "TestColumnsAreFoundByTheirNames",
	"3.10.7":  "TestABillThatIsNotWholeIsNotBelieved",
	"3.10.8":  "TestADayWithoutABill",
	"3.10.9":  "TestABillThatIsNotWholeIsNotBelieved",
	"3.10.10": "TestFeesAreRoundedHalfAwayFromZero",
	"3.10.11": "TestABigBillIsReadLineByLine",
	"5.2.1":   "TestACodeIsExchangedForAnOpenID",
	"5.2.2":   "TestACodeIsExchangedForAnOpenID",
	"5.2.3":   "TestASpentCodeHasItsOwnName",
	"5.2.4":   "TestALoginThatNamesNobodyIsNone",
}

func TestEveryTrapHasItsTest(t *testing.T) {
	t.Parallel()
	listed, tests := listedTraps(t), testsHere(t)
	for number, what := range listed {
		require.Contains(t, traps, number, "no row for: %s", what)
	}
	for number, name := range traps {
		require.Contains(t, listed, number, "a row for a trap that is not listed")
		require.True(t, tests[name], "trap %s: there is no test %s", number, name)
	}
}

// listedTraps is testdata/traps.txt by number.
func listedTraps(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "traps.txt"))
	require.NoError(t, err)
	defer file.Close()
	listed := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		number, what, ok := strings.Cut(lines.Text(), " ")
		if number == "#" {
			continue
		}
		require.True(t, ok && what != "", lines.Text())
		require.NotContains(t, listed, number)
		listed[number] = what
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, listed)
	return listed
}

// testsHere are the test functions of this folder.
func testsHere(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Test") {
				found[function.Name.Name] = true
			}
		}
	}
	return found
}
