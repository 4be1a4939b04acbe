using Cnn.Runner.DataSets;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public class DataProgressTests
{
    [Theory]
    [InlineData(0, 0, 5, "db [                        ]   0 %")]
    [InlineData(500, 0, 0, "db [############            ]  50 %")]
    [InlineData(250, 0, 10, "db [######                  ]  25 %, 0:30 left")]
    [InlineData(999, 899, 100, "db [####################### ]  99 %, 0:01 left")]
    [InlineData(500, 500, 100, "db [############            ]  50 %")]
    public void ABarShowsTheShareAndTheTimeLeftAtTheRateSoFar(int done, int first, int seconds, string expected) =>
        Assert.Equal(
            expected, DataProgress.Describe(new WriteProgress("db", done, 1000), first, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void ATerminalShowsTheBarAndThenTheCompleteFile()
    {
        using var writer = new StringWriter();
        var console = new CommandConsole(TextWriter.Null, writer) { Live = new LiveLine(writer, () => 80) };
        using (var progress = new DataProgress(console))
        {
            progress.Report(new WriteProgress("db", 500, 1000));
            progress.WriteLine("a line that stays");
            progress.Report(new WriteProgress("db", 1000, 1000));
        }

        const string Bar = "db [############            ]  50 %", Erase = "\r\u001b[K";
        Assert.Equal(
            $"{Bar}{Erase}a line that stays{Environment.NewLine}{Bar}{Erase}db: 1000 of 1000{Environment.NewLine}",
            writer.ToString());
    }

    [Fact]
    public void NothingOfTheBarStaysWhenTheWorkEndsEarly()
    {
        using var writer = new StringWriter();
        var console = new CommandConsole(TextWriter.Null, writer) { Live = new LiveLine(writer, () => 80) };
        using (var progress = new DataProgress(console))
        {
            progress.Report(new WriteProgress("db", 500, 1000));
        }

        Assert.EndsWith("\r\u001b[K", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileGetsOneLineForEachFileOfData()
    {
        using var writer = new StringWriter();
        using (var progress = new DataProgress(new CommandConsole(TextWriter.Null, writer)))
        {
            progress.Report(new WriteProgress("db", 500, 1000));
            progress.Report(new WriteProgress("db", 1000, 1000));
        }

        Assert.Equal($"db: 1000 of 1000{Environment.NewLine}", writer.ToString());
    }
}
