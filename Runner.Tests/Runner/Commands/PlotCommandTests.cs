using System.Text.RegularExpressions;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class PlotCommandTests : IDisposable
{
    private const string Log = """
        I0131 12:34:56.123456     1 cnn:0] Iteration 0, Testing net (#0)
        I0131 12:34:56.123456     1 cnn:0]     Test net output #0: accuracy = 0.25
        I0131 12:34:56.123456     1 cnn:0]     Test net output #1: loss = 2.5 (* 1 = 2.5 loss)
        I0131 12:34:56.123456     1 cnn:0] Iteration 500, Testing net (#0)
        I0131 12:34:56.123456     1 cnn:0]     Test net output #0: accuracy = 0.75
        I0131 12:34:56.123456     1 cnn:0]     Test net output #1: loss = 0.5 (* 1 = 0.5 loss)

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("curve.png", "89504E47")]
    [InlineData("curve.SVG", "3C3F786D6C")]
    public void APictureIsOfTheKindThatItsNameSays(string name, string start)
    {
        CommandLine run = CommandLine.Run("plot", folder.Write("a.log", Log), "--output", folder[name]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        byte[] picture = File.ReadAllBytes(folder[name]);
        Assert.Equal(start, Convert.ToHexString(picture)[..start.Length]);
        Assert.InRange(picture.Length, 1_000, 100_000);
    }

    [Fact]
    public void CurvesHaveTheNamesOfTheirLogsAndErrorsArePerCent()
    {
        string first = folder.Write("first.log", Log), second = folder.Write("second.log", Log),
            picture = folder["p.svg"];

        CommandLine run = CommandLine.Run(
            "plot", first, $"other={second}", "--value", "accuracy", "--error", "--title", "both", "--output", picture);

        Assert.Equal(0, run.ExitCode);
        string svg = File.ReadAllText(picture);
        Assert.All(
            ["first", "other", "both", "error, %", "iterations"], text => Assert.Matches($">\\s*{text}\\s*<", svg));
        Assert.DoesNotContain("second", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void ASingleOutputHasTheLeftAxisWithItsNameAndItsBounds()
    {
        string picture = folder["p.svg"];

        CommandLine run = CommandLine.Run(
            "plot", folder.Write("a.log", Log), "--value", "accuracy", "--min", "0", "--max", "3", "--output", picture);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string svg = File.ReadAllText(picture);
        Assert.All(["accuracy", "3"], text => Assert.Matches($">\\s*{text}\\s*<", svg));
        Assert.DoesNotContain(">score<", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void LossesAndScoresHaveAPanelEach()
    {
        string picture = folder["p.svg"];

        CommandLine run = CommandLine.Run("plot", folder.Write("lenet.log", Log), "-o", picture);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string svg = File.ReadAllText(picture);
        Assert.All(
            ["lenet", "loss", "accuracy", "test loss", "test accuracy", "iterations", "500"],
            text => Assert.Matches($">\\s*{text}\\s*<", svg));
        Assert.True(svg.IndexOf("test loss", StringComparison.Ordinal) < svg.IndexOf(
            "test accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void ADarkPictureHasTheSizeThatIsAskedFor()
    {
        string picture = folder["p.svg"];

        CommandLine run = CommandLine.Run(
            "plot", folder.Write("a.log", Log), "-o", picture, "--dark", "--size", "640x360", "--log");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string svg = File.ReadAllText(picture);
        Assert.Contains("width=\"640\" height=\"360\" viewBox=\"0 0 640 360\"", svg, StringComparison.Ordinal);
        Assert.Contains("#0D1117", svg, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@">\s*0\.5\s*<", svg);
    }

    [Theory]
    [InlineData("800")]
    [InlineData("800x48")]
    [InlineData("800x480x3")]
    [InlineData("9000x480")]
    public void ASizeThatIsNoneIsAnError(string size)
    {
        CommandLine run = CommandLine.Run(
            "plot", folder.Write("a.log", Log), "--output", folder["p.png"], "--size", size);

        Assert.Equal(
            (1, $"cnn: --size is '{size}', it must be width x height such as 800x480; each from 240 to 8000\n"),
            (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("--min 5 is not below --max 1; give a smaller --min or a larger --max", "--min", "5", "--max", "1")]
    [InlineData("--min 1 is not below --max 1; give a smaller --min or a larger --max", "--min", "1", "--max", "1")]
    [InlineData("--max NaN is not a finite number", "--max", "NaN")]
    [InlineData(
        "--min 0 is not above 0, and a logarithmic axis has no other values; give a larger --min, or leave --log out",
        "--min", "0", "--log")]
    public void BoundsThatAreNoneAreAnError(string expected, params string[] bounds)
    {
        CommandLine run = CommandLine.Run(
            ["plot", folder.Write("a.log", Log), "--output", folder["p.png"], .. bounds]);

        Assert.Equal((1, $"cnn: {expected}\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void ALogarithmicAxisEndsAtTheBoundThatIsGiven()
    {
        string picture = folder["p.svg"];

        CommandLine run = CommandLine.Run(
            "plot", folder.Write("a.log", Log), "--value", "loss", "--log", "--min", "1", "--max", "1.5",
            "--output", picture);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotMatch(@">\s*2\s*<", File.ReadAllText(picture));
    }

    [Fact]
    public void ASizeThatTheNamesDoNotFitInIsAnError()
    {
        string[] logs = [.. Enumerable.Range(0, 11).Select(i => $"run{i}={folder.Write($"{i}.log", Log)}")];
        string[] plot = ["plot", .. logs, "--value", "accuracy", "--output", folder["p.png"], "--size"];

        CommandLine run = CommandLine.Run([.. plot, "240x240"]);

        Assert.Equal(1, run.ExitCode);
        Match needed = Regex.Match(
            run.Error, @"^cnn: --size 240x240 is too small for 11 curves; give at least (\d+x\d+)\n$");
        Assert.True(needed.Success, run.Error);
        Assert.Equal(0, CommandLine.Run([.. plot, needed.Groups[1].Value]).ExitCode);
    }

    [Fact]
    public void AFolderThatHasNoRunIsAnError()
    {
        CommandLine run = CommandLine.Run("plot", folder.Path, "--output", folder["p.png"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(folder.Path, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("curve.gif", "loss", "its name should end in .png or .svg")]
    [InlineData("curve.png", "lose", "it has accuracy, loss")]
    [InlineData("no/such/curve.png", "loss", "cannot write")]
    public void MistakesAreExplainedAndLeaveNoFile(string output, string value, string expected)
    {
        CommandLine run = CommandLine.Run(
            "plot", folder.Write("a.log", Log), "--value", value, "--output", folder[output]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(["a.log"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }
}
