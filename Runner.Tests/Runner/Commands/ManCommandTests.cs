using Cnn.Runner;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class ManCommandTests
{
    [Fact]
    public void ThePageHasEveryCommandOptionAndExample()
    {
        string page = CommandLine.Run("man").Output.Replace(@"\-", "-", StringComparison.Ordinal);

        var root = CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null));
        foreach (var command in root.Subcommands.SelectMany(c => c.Subcommands.Count > 0 ? c.Subcommands : [c]))
        {
            Assert.Contains(command.Name, page, StringComparison.Ordinal);
            Assert.All(command.Options, o => Assert.Contains($@"\fB{o.Name}\fR", page, StringComparison.Ordinal));
        }

        foreach (string part in (string[])
        [
            ".TH \"CNN\" \"1\"", ".SH \"EXIT STATUS\"", ".SH \"ENVIRONMENT\"", "CNN_TRACE", "NO_COLOR", @"\fB130\fR",
            ".SS \"cnn data digits [options]\"", "cnn new lenet\n", "stop if not given.", "Required.",
        ])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NoLineIsARequestByAccident()
    {
        string[] requests = [".TH", ".SH", ".SS", ".TP", ".PP", ".RS", ".RE"];

        Assert.All(
            CommandLine.Run("man").Output.Split('\n').Where(line => line.Length > 0 && line[0] is '.' or '\''),
            line => Assert.Contains(line.Split(' ')[0], requests));
    }

    [Fact]
    public async Task GroffReadsItWithoutAWarning()
    {
        Shell.HasOrSkip("groff");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["cnn.1"], CommandLine.Run("man").Output);

        var (code, output, error) = await Shell.Run(folder, "groff -man -Tascii -ww cnn.1");

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("cnn train", output, StringComparison.Ordinal);
    }
}
