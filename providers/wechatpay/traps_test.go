package wechatpay_test

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
	"2.1.1":   "TestTheSDKsHostIsLedElsewhere",
	"2.1.2":   "TestTheBackupDomainTakesOver",
	"2.1.3":   "TestASecondRefusalSaysNothingOfTheFirstTry",
	"2.1.4":   "TestEveryCallHasAnEnd",
	"2.1.5":   "TestAnAnswerWithoutEndIsCut",
	"2.1.6":   "TestABillThatIsNotTheOnePromisedIsNotBelieved",
	"2.1.7":   "TestCertificatesAreDownloadedThroughTheSameRoad",
	"2.1.8":   "TestABillIsReadToTheFen",
	"2.1.9":   "TestCallbacksAreReadByTheirKind",
	"2.1.10":  "TestAnAbnormalRefundIsTakenBackByTheMerchant",
	"2.1.11":  "TestTradeStatesAreTranslated",
	"2.1.12":  "TestMoneyWithoutProofIsNone",
	"2.1.13":  "TestAnEmptyPresentationIsNoOrder",
	"2.1.14":  "TestTheNewlineAfterTheBodyIsSigned",
	"2.1.15":  "TestTheEndIsInWholeSecondsOfShanghaiAndNotLater",
	"2.1.16":  "TestARefusalIsOnlyBelievedWhenItIsSigned",
	"2.1.17":  "TestRefusalsAreClassed",
	"2.1.18":  "TestGenuineNonsenseIsRefusedWithoutPanic",
	"2.1.19":  "TestGenuineNonsenseIsRefusedWithoutPanic",
	"2.1.20":  "TestAKeyOfAnotherLengthIsRefusedAtOpening",
	"2.1.21":  "TestCallbacksAreReadByTheirKind",
	"2.1.22":  "TestARefusedCallbackIsNotQuoted",
	"2.1.23":  "TestAnEmptyAnswerIsVerifiedToo",
	"2.2.1":   "TestABillIsReadToTheFen",
	"2.2.2":   "TestACallSaysWhatTheGatewayAsksFor",
	"2.2.3":   "TestRefusalsAreClassed",
	"2.3.1":   "TestAnAnswerOutsideTheWindowIsNotBelieved",
	"2.3.2":   "TestTheWindowOfACallbackIsOfTheCallersClock",
	"2.3.3":   "TestForgedCallbacksAreRefused",
	"2.3.4":   "TestWhileAMerchantMigratesEitherKeyVerifies",
	"2.3.5":   "TestProbesAreRefused",
	"2.3.6":   "TestABillThatIsNotTheOnePromisedIsNotBelieved",
	"2.3.7":   "TestABridgeOrderIsBoundAndSignedWithTheMerchantsKey",
	"2.3.8":   "TestAPaidOrderTellsAllOfIt",
	"2.3.9":   "TestForgedCallbacksAreRefused",
	"2.4.1":   "TestANativeOrderIsACode",
	"2.4.2":   "TestAnH5OrderIsAnAddressThatWantsTheOrigin",
	"2.4.3":   "TestOrdersThatWeChatPayWouldNotTakeAreNotSent",
	"2.4.4":   "TestSubjectsAreCutToWholeCharacters",
	"2.4.5":   "TestCallbackAddressesAreWhatWeChatPayTakes",
	"2.4.6":   "TestAnOrderThatWeChatPayWouldLengthenIsRefused",
	"2.4.7":   "TestContract",
	"2.4.8":   "TestTheSameOrderAgainIsTheSameCallWithAFreshCode",
	"2.4.9":   "TestRefusalsAreClassed",
	"2.5.1":   "TestAnUnpaidOrderHasHardlyAnyFields",
	"2.5.2":   "TestAnUnknownOrderIsNotCreatedInEitherSpelling",
	"2.5.3":   "TestTradeStatesAreTranslated",
	"2.5.4":   "TestAPaidOrderTellsAllOfIt",
	"2.6.1":   "TestClosingIsAnsweredWithoutABody",
	"2.6.2":   "TestAYoungOrderIsNotClosed",
	"2.6.3":   "TestAPaidOrderIsToldOnClosingInEitherSpelling",
	"2.7.1":   "TestARecordedCallback",
	"2.7.2":   "TestGenuineNonsenseIsRefusedWithoutPanic",
	"2.7.3":   "TestAcknowledgementsAreWhatWeChatPayUnderstands",
	"2.7.4":   "TestGenuineNonsenseIsRefusedWithoutPanic",
	"2.7.5":   "TestTheKeyBeforeIsReadDuringARotation",
	"2.8.1":   "TestAWaitThatIsAskedForIsTold",
	"2.9.1":   "TestARefundIsAcceptedFirstAndDoneLater",
	"2.9.2":   "TestRefundStatesAreTranslated",
	"2.9.3":   "TestARefundIsRepeatedUnderItsNumber",
	"2.9.4":   "TestCallbacksAreReadByTheirKind",
	"2.9.5":   "TestRefusedRefundsAreClassed",
	"2.9.6":   "TestAnUnknownRefundIsNotCreated",
	"2.9.7":   "TestMoneyBackWithoutProofIsNone",
	"2.10.1":  "TestADayWithoutABill",
	"2.10.2":  "TestADayWithoutABillIsOnlyEmptyFromTheNextMorningOn",
	"2.10.3":  "TestABillIsReadToTheFen",
	"2.10.4":  "TestABillThatIsNotTheOnePromisedIsNotBelieved",
	"2.10.5":  "TestABillIsReadToTheFen",
	"2.10.6":  "TestColumnsAreFoundByTheirNames",
	"2.10.7":  "TestABillIsReadToTheFen",
	"2.10.8":  "TestFeesAreRoundedHalfAwayFromZero",
	"2.10.9":  "TestABillThatItsSummaryBeliesIsNotBelieved",
	"2.10.10": "TestALongBillIsReadInLittleMemory",
	"2.10.11": "TestTheFundFlowTellsWhatMoved",
	"2.11.1":  "TestRefusalsAreClassed",
	"2.11.2":  "TestRefusalsAreClassed",
	"2.11.3":  "TestWhatARefusalQuotesStaysOutOfTheError",
	"2.12.1":  "TestCertificatesThatProveNothingAreNotBelieved",
	"2.12.2":  "TestCertificatesAreRenewedAndEnd",
	"2.12.3":  "TestStrangersCannotCauseDownloads",
	"2.13.1":  "TestRefusalsAreClassed",
	"5.1.1":   "TestTheLoginAddressKeepsItsOrder",
	"5.1.2":   "TestACodeIsExchangedForAnOpenID",
	"5.1.3":   "TestASpentCodeHasItsOwnName",
	"5.1.4":   "TestASecretInAnAddressStaysOutOfTheError",
	"5.1.5":   "TestOtherLoginErrorsAreClassed",
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
