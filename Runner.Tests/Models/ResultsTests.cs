using System.Text.RegularExpressions;
using Cnn.Runner.Reports;

namespace Cnn.Tests.Models;

/// <summary>The results of each model: the logs that its figures and pictures come from.</summary>
[Trait("Category", "Unit")]
public sealed class ResultsTests
{
    private const int Largest = 64 * 1024;

    [Fact]
    public void EveryFileThatAReadmeLinksToIsThere()
    {
        string[] readmes = Directory.GetFiles(Repository.PathOf("Models"), "README.md", SearchOption.AllDirectories);
        string[] missing = [.. readmes.SelectMany(Links).Where(path => !File.Exists(path))];

        Assert.True(readmes.Length > 1);
        Assert.Empty(missing);
    }

    [Fact]
    public void EveryResultIsSmallAndTellsNothingOfAMachine()
    {
        string[] logs = Logs();
        Assert.NotEmpty(logs);
        foreach (string path in Directory.GetDirectories(Repository.PathOf("Models"))
            .Select(m => Path.Join(m, "results")).Where(Directory.Exists).SelectMany(Directory.GetFiles))
        {
            Assert.True(new FileInfo(path).Length <= Largest, path);
        }

        Assert.DoesNotContain(
            logs, path => Regex.IsMatch(File.ReadAllText(path), @"(^|\s)'?(/|[A-Z]:\\)\w", RegexOptions.Multiline));
    }

    [Fact]
    public void EveryLogHasCurvesToPlot() => Assert.All(Logs(), path =>
    {
        TrainingLog log = TrainingLog.Read(path);
        Assert.Contains(log.Curves, curve => curve.Name != TrainingLog.TrainLoss && curve.Values.Count > 1);
    });

    private static string[] Logs() =>
        [.. Directory.GetFiles(Repository.PathOf("Models"), "*.log", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == "results")];

    private static IEnumerable<string> Links(string readme) =>
        Regex.Matches(File.ReadAllText(readme), @"\]\((?<path>[^)#:]+)\)")
            .Select(link => Path.Join(Path.GetDirectoryName(readme), link.Groups["path"].Value));
}
