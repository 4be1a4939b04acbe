namespace Cnn.Tests.Runner.Commands;

/// <summary><c>-q</c>, <c>-v</c> and colours.</summary>
[Trait("Category", "Unit")]
public sealed class QuietTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("-q")]
    [InlineData("--quiet")]
    [InlineData("-quiet")]
    public void ResultsAloneAreWritten(string quiet)
    {
        folder.Write("net.prototxt", SmallTraining.Net);
        string solver = folder.Write(
            "solver.prototxt", SmallTraining.Solver(2, 0, prefix: folder["snap"].Replace('\\', '/')));

        CommandLine run = CommandLine.Run("train", "-solver", solver, quiet, "--log-dir", folder["logs"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain("Next:", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Optimization Done.", File.ReadAllText(Directory.GetFiles(folder["logs"])[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void QuietStandsBeforeTheCommandToo()
    {
        CommandLine run = CommandLine.Run(
            "-q", "data", "digits", "--to", folder["digits"], "--format", "idx", "--count", "10");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void ErrorsAreWrittenAllTheSame() => Assert.Equal(
        "cnn: 'nowhere.prototxt' does not exist", CommandLine.Run("summary", "nowhere.prototxt", "-q").Error.TrimEnd());

    [Fact]
    public void VerboseHasAShortForm() => Assert.Equal(
        CommandLine.Run("device_query").Output, CommandLine.Run("device_query", "-v").Output);

    [Fact]
    public void CaffesOptionsThatBeginWithTheSameLettersAreNotTakenForThem() => Assert.Equal(
        "cnn: unknown option '--view'; 'cnn summary --help' shows the usage",
        CommandLine.Run("summary", "-view").Error.TrimEnd());

    // NO_COLOR asks for no colours, of which there are none beside those of the panel: https://no-color.org.
    [Fact]
    public void ThePanelOfTrainAloneHasColours() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Repository.PathOf("Runner"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)
                && Path.GetFileName(path) is not ("LiveBlock.cs" or "TrainingPanel.cs")),
        path => File.ReadAllText(path) is var text
            && (text.Contains("ForegroundColor", StringComparison.Ordinal)
                || text.Contains("Markup", StringComparison.Ordinal)
                || text.Replace("\\u001b[K", "", StringComparison.Ordinal)
                    .Contains("\\u001b", StringComparison.Ordinal)));

    [Fact]
    public void TheHelpTellsExitCodesAndVariables()
    {
        string help = CommandLine.Run("--help").Output;

        foreach (string line in (string[])
        [
            "  0    done", "  1    bad input or usage", "  2    failed while running",
            "  130  interrupted, after the snapshot that the solver asks for", "  NO_COLOR ",
        ])
        {
            Assert.Contains(line, help, StringComparison.Ordinal);
        }
    }
}
