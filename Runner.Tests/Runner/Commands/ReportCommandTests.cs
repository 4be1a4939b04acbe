namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ReportCommandTests : IDisposable
{
    private const string Log = "I0131 12:34:57.1     1 solver.cpp:218] Iteration 0, loss = 2.5\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ThePageOfALogLiesBesideIt()
    {
        var (exitCode, output, error) = CommandLine.Run("report", folder.Write("caffe.log", Log));

        Assert.True(exitCode == 0, error);
        Assert.Equal($"wrote {folder["caffe.html"]}", output.Trim());
        string page = File.ReadAllText(folder["caffe.html"]);
        Assert.Contains("<title>caffe</title>", page, StringComparison.Ordinal);
        Assert.Contains("\"reload\":0", page, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralRunsAreComparedUnderTheirLabels()
    {
        string one = folder.Write("one.log", Log), two = folder.Write("two.log", Log);
        var (exitCode, _, error) = CommandLine.Run("report", one, $"large={two}", "-o", folder["both.html"]);

        Assert.True(exitCode == 0, error);
        string page = File.ReadAllText(folder["both.html"]);
        Assert.Contains("\"name\":\"one\"", page, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"large\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoRunIsAMistakeInWords()
    {
        string log = folder.Write("train.log", Log);

        Expect("holds neither tests nor displayed losses", folder.Write("notes.txt", "nothing\n"));
        Expect("does not exist", folder["none.log"]);
        Expect("--output names the page", log, log);
        Expect("is the run itself", log, "-o", log);
        Expect("there is no folder", log, "-o", folder["none/page.html"]);
        Expect("folder of a run", folder.Path);
        Assert.Equal(Log, File.ReadAllText(log));
    }

    private static void Expect(string words, params string[] arguments)
    {
        var (exitCode, _, error) = CommandLine.Run(["report", .. arguments]);
        Assert.Equal(1, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }
}
