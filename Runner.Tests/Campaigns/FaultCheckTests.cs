using Cnn.Campaigns.Processes;
using Cnn.Campaigns.SystemErrors;

namespace Cnn.Tests.Campaigns;

/// <summary>Each check of the campaign on errors of the system finds what it looks for.</summary>
[Trait("Category", "Crash")]
public sealed class FaultCheckTests : IDisposable
{
    private static readonly Scenario Convert = new("convert", "convert") { Outputs = ["out.yaml"] };
    private static readonly Failure Full = new("error=ENOSPC", IsHarmless: false);
    private static readonly FaultPoint Write = new(".out.yaml.$$-1.part", "pwrite64", 1, Full);

    private readonly TemporaryFolder before = new(), whole = new(), after = new();

    public FaultCheckTests()
    {
        foreach (TemporaryFolder folder in (TemporaryFolder[])[before, whole, after])
        {
            folder.Write("in.prototxt", "name: 'x'");
        }

        whole.Write("out.yaml", "name: x");
    }

    public void Dispose()
    {
        before.Dispose();
        whole.Dispose();
        after.Dispose();
    }

    [Fact]
    public void AnErrorInWordsThatLeavesNothingBehindIsFine() => Finds([], 2, "cnn: cannot write 'out.yaml': full\n");

    [Fact]
    public void ACommandThatWentOnIsFine()
    {
        after.Write("out.yaml", "name: x");
        Finds([], 0, "");
    }

    [Theory]
    [InlineData(134, "cnn: 'out.yaml'", "the exit code is none of 0, 1 and 2")]
    [InlineData(2, "out.yaml\n   at Cnn.X", "the error is not for people: 'at'")]
    [InlineData(2, "out.yaml: a fault of the program", "the error is not for people: 'a fault of the program'")]
    [InlineData(2, "cnn: a file cannot be used", "the error does not name the file")]
    [InlineData(2, "cnn: 'out.yaml'\ncnn: 'out.yaml'", "there is more than one error")]
    public void AnErrorThatIsNotForPeopleIsFound(int code, string error, string wrong) => Finds([wrong], code, error);

    [Fact]
    public void WhatIsLeftBehindLostOrHalfWrittenIsFound()
    {
        after.Write(".out.yaml.12-1.part", "na");
        after.Write("in.prototxt", "");
        after.Write("out.yaml", "na");

        Finds(
            [
                "'out.yaml' is neither as it was nor as it should be", "the input 'in.prototxt' is not as it was",
                "'.out.yaml.12-1.part' was left behind",
            ],
            2,
            "out.yaml");
    }

    [Fact]
    public void ANewFileOfACommandThatFailedIsFound()
    {
        after.Write("out.yaml", "name: x");
        Finds(["'out.yaml' has changed though the command failed"], 2, "out.yaml");
    }

    [Theory]
    [InlineData("at 2", true)]
    [InlineData("at 10", false)]
    public void AFileThatTellsWhenItWasWrittenIsHeldToItsLength(string content, bool isWhole)
    {
        whole.Write("out.yaml", "at 1");
        after.Write("out.yaml", content);
        Finds(
            isWhole ? [] : ["'out.yaml' is neither as it was nor as it should be"],
            0,
            "",
            scenario: Convert with { Dated = ["out.yaml"] });
        Finds(["'out.yaml' is neither as it was nor as it should be"], 0, "");
    }

    [Fact]
    public void AFailureToFlushThatIsPassedOverIsFound()
    {
        after.Write("out.yaml", "name: x");
        Finds(
            ["the command succeeded though the file may not be on the disk"], 0, "", Write with { Call = "fsync" });
    }

    [Fact]
    public void ACallThatMustBeMadeAgainIsNoReasonToFail() => Finds(
        ["the command should have gone on"],
        2,
        "out.yaml",
        Write with { Failure = Full with { IsHarmless = true } });

    private void Finds(
        string[] wrong, int code, string error, FaultPoint? point = null, Scenario? scenario = null)
    {
        var reference = new Reference(FolderState.Of(whole.Path), new ProcessResult(0, "", ""));
        var check = new FaultCheck(
            scenario ?? Convert, point ?? Write, hasFailed: true, reference, new ProcessResult(code, "", error));
        Assert.Equal(wrong, check.Of(FolderState.Of(before.Path), FolderState.Of(after.Path)));
    }
}
