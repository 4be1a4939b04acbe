using System.Text.RegularExpressions;
using Cnn.Runner;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Commands;

/// <summary>Commands whose work may take long show on a terminal how far they are, and leave nothing of it.</summary>
[Trait("Category", "Unit")]
public sealed class ProgressBarTests : IDisposable
{
    private const string Erase = "\r\u001b[K";

    private readonly TemporaryFolder folder = new();

    public ProgressBarTests() => folder.Write("net.prototxt", SmallTraining.Net);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("time", "time --model NET --iterations 3")]
    [InlineData("check", "check --model NET --batch 2 --threads 1 --points 5 --layer conv1,ip2,loss")]
    [InlineData("digits-images-idx3-ubyte", "data digits --to DIR/digits --count 2000 --format idx")]
    public void ATerminalShowsABarAndNothingOfItStays(string name, string line)
    {
        string terminal = Run(line, isPlain: false);

        Assert.Contains($"{name} [", terminal, StringComparison.Ordinal);
        Assert.DoesNotMatch($@"{Regex.Escape(name)} \[[# ]*\][^\r\n]*\n", terminal);
    }

    [Theory]
    [InlineData("time --model NET --iterations 3")]
    [InlineData("check --model NET --batch 2 --threads 1 --points 5 --layer conv1,ip2,loss")]
    public void PlainLinesHaveNoBar(string line) =>
        Assert.DoesNotContain("[##", Run(line + " --plain", isPlain: true), StringComparison.Ordinal);

    [Fact]
    public void TheLogOfATestStandsAboveItsBar()
    {
        SmallTraining.Write(folder, 2, 0, prefix: folder["snap"]);
        Assert.Equal(0, CommandLine.Run("train", folder["solver.prototxt"], "-q").ExitCode);
        string terminal = Run($"test --model NET --weights {folder["snap_iter_2.caffemodel"]} --iterations 3", false);

        Assert.Matches(@"test \[ {24}\]   0 %\r\x1B\[KI\d{4} [^\r\n]* Batch 0, accuracy = [^\r\n]*\n", terminal);
        Assert.Matches(@"\r\x1B\[KI\d{4} [^\r\n]* Loss: [^\r\n]*\n", terminal);
        Assert.DoesNotMatch(@"test \[[# ]*\][^\r\n]*\n", terminal);
    }

    // Returns what the terminal gets, after the work has been done.
    private string Run(string line, bool isPlain)
    {
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        var console = new CommandConsole(output, error) { Live = new LiveLine(error, () => 120) };
        string[] words = [.. line.Split(' ').Select(w => w switch
        {
            "NET" => folder["net.prototxt"],
            _ => w.Replace("DIR", folder.Path, StringComparison.Ordinal),
        })];
        int code = CommandLineProgram.Run(words, console);

        Assert.True(code == 0, error.ToString());
        Assert.Equal(isPlain, !error.ToString().Contains(Erase, StringComparison.Ordinal));
        return error.ToString();
    }
}
