using System.Diagnostics;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Tests.Faults;

namespace Cnn.Tests.Engine.Runs;

[Trait("Category", "Unit")]
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SteppedClock clock = new();
    private readonly List<Diagnostic> warnings = [];

    private string Run => folder["run"];

    private string Metrics => Path.Combine(Run, "metrics.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARunIsReadWhileItIsWritten()
    {
        using RunWriter writer = Open();
        for (int i = 1; i <= 2000; i++)
        {
            writer.Scalar("train/loss", i, i);
            if (i % 500 == 0)
            {
                writer.Histogram("weights/ip.0", i, [1, 2]);
                writer.Flush();
                RunRecord record = RunFolder.Read(Run, warnings.Add);
                Assert.Equal((RunState.Running, (long)i), (record.State, record.Iteration));
                Assert.Equal(i, record.Curves.Single().Count);
                Assert.Equal(i / 500, record.HistogramSeries.Single().Items.Count);
            }
        }

        Assert.Empty(warnings);
    }

    [Fact]
    [Trait("Category", "Crash")]
    public void ARunWhoseProcessIsGoneIsKilledAndItsFiguresAreThere()
    {
        using RunWriter writer = Open();
        writer.Scalar("train/loss", 1, 1);
        clock.Now += TimeSpan.FromSeconds(20);
        writer.Scalar("train/loss", 25, 2);
        writer.Histogram("weights/ip.0", 25, [1]);
        writer.Flush();
        string killed = folder["killed"];
        CopyAsKilled(killed);

        RunRecord record = RunFolder.Read(killed, warnings.Add);
        RunSummary summary = RunFolder.List(killed, warnings.Add).Single();

        Assert.Equal((RunState.Killed, 25L), (record.State, record.Iteration));
        Assert.Equal(TimeSpan.FromSeconds(20), record.Duration);
        Assert.Equal((RunState.Killed, 25L, record.Duration), (summary.State, summary.Iteration, summary.Duration));
        Assert.Equal(new RunPoint(25, 2), summary.Scores.Single().Last);
        Assert.Single(record.HistogramSeries);
        Assert.Empty(warnings);
    }

    [Fact]
    [Trait("Category", "Crash")]
    public void AFileTornAnywhereReadsUpToTheTear()
    {
        using (RunWriter writer = Open())
        {
            for (int i = 0; i < 5; i++)
            {
                writer.Scalar("train/loss", i, i);
                writer.Histogram("weights/ip.0", i, [i]);
            }
        }

        string eventFile = Directory.GetFiles(Run, "events*").Single();
        byte[] lines = File.ReadAllBytes(Metrics), events = File.ReadAllBytes(eventFile);
        int figures = 0, histograms = 0;
        for (int length = 0; length < lines.Length; length++)
        {
            File.WriteAllBytes(Metrics, lines[..length]);
            RunCurve? curve = RunFolder.Read(Run, warnings.Add).Curves.SingleOrDefault();
            Assert.Equal(lines.AsSpan(0, length).Count((byte)'\n'), curve?.Count ?? 0);
            figures = Math.Max(figures, (int)(curve?.Count ?? 0));
        }

        for (int length = 0; length < events.Length; length++)
        {
            File.WriteAllBytes(eventFile, events[..length]);
            int count = RunFolder.Read(Run, warnings.Add).HistogramSeries.SingleOrDefault()?.Items.Count ?? 0;
            Assert.InRange(count, histograms, histograms + 1);
            histograms = count;
        }

        Assert.Equal((4, 5), (figures, histograms));
        Assert.Empty(warnings);
    }

    [Fact]
    public void ADamagedLineIsSkippedAndToldWithItsPlace()
    {
        using (RunWriter writer = Open())
        {
            writer.Scalar("train/loss", 1, 1);
        }

        string[] damaged =
        [
            """{"iteration":2,"time":1,"name":"train/loss","value":}""", "", "[]", "\0\0\0\0",
            """{"iteration":3,"name":"train/loss"}""",
            """{"iteration":4,"name":"train/loss","value":"high"}""",
            """{"iteration":4.5,"name":"train/loss","value":1}""",
            """{"iteration":5,"name":"\ud800","value":1}""",
            """{"iteration":6,"name":"train/loss","value":1} {}""",
            new string('x', 200_000), new string('x', 500_000),
        ];
        const string Last = """{"value":"-Infinity","more":[{}],"name":"train/loss","iteration":9}""";
        File.AppendAllLines(Metrics, [.. damaged, Last]);

        RunRecord record = RunFolder.Read(Run, warnings.Add);

        Assert.Equal([1, double.NegativeInfinity], record.Curves.Single().Points.Select(p => p.Value));
        Assert.Equal(
            $"{Metrics}:2:53: this line holds no figure; lines like it are skipped",
            Assert.Single(warnings).ToString());
    }

    [Fact]
    public void ADamagedDocumentIsAnErrorWithItsPlace()
    {
        Open().Dispose();
        string path = Path.Combine(Run, "run.json"), text = File.ReadAllText(path);
        (string Text, string Error)[] damaged =
        [
            (text[..20], "run.json:3:4: this is no valid JSON document; the file is damaged; copy it again"),
            (text.Replace("\"stopped\"", "\"asleep\"", StringComparison.Ordinal), "'state' is missing here or has no"),
            (text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal), "has format 2, which this"),
            (text.Replace("\"settings\": []", "\"settings\": [null]", StringComparison.Ordinal), "a value is missing"),
            (text.Replace("\"net\": \"\"", "\"net\": null", StringComparison.Ordinal), "'net' is missing here or has"),
            ("null", "it holds null"),
        ];
        foreach (var (wrong, error) in damaged)
        {
            Assert.NotEqual(text, wrong);
            File.WriteAllText(path, wrong);
            CnnException exception = Assert.Throws<CnnException>(() => RunFolder.Read(Run));
            Assert.Contains(error, exception.Message, StringComparison.Ordinal);
            Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OtherFilesThatAreDamagedOrMissingAreLeftOutWithAWarning()
    {
        using (RunWriter writer = Open())
        {
            writer.Scalar("train/loss", 1, 1);
            writer.LayerTimes(1, [new LayerTime("a", "ReLU", 1, 2)]);
            writer.Classes(new ClassReport(1, ["a", "b"], [[1, 2], [3, 4]], []));
        }

        File.WriteAllText(Path.Combine(Run, "layer-times.json"), "{}");
        string classes = Path.Combine(Run, "classes.json");
        File.WriteAllText(classes, File.ReadAllText(classes).Replace("[1,2]", "[1]", StringComparison.Ordinal));
        string events = Directory.GetFiles(Run, "events*").Single();
        byte[] bytes = File.ReadAllBytes(events);
        bytes[30] ^= 1;
        File.WriteAllBytes(events, bytes);

        RunRecord record = RunFolder.Read(Run, warnings.Add);

        Assert.Single(record.Curves);
        Assert.Empty(record.LayerTimes);
        Assert.Null(record.Classes);
        Assert.Equal(3, warnings.Count);
        string[] texts = [.. warnings.Select(w => w.ToString())];
        Assert.Contains("record at byte 0 is damaged: the checksum of its message", texts[0], StringComparison.Ordinal);
        Assert.Contains("layer-times.json:1:3: ", texts[1], StringComparison.Ordinal);
        Assert.Contains("the counts of 2 classes are no 2 rows", texts[2], StringComparison.Ordinal);
        File.Delete(Metrics);
        Assert.Empty(RunFolder.Read(Run, warnings.Add).Curves);
        Assert.Contains($"'{Metrics}' does not exist", warnings[3].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Category", "Fuzz")]
    [InlineData("run.json", 50)]
    [InlineData("metrics.jsonl", 0)]
    [InlineData("classes.json", 0)]
    [InlineData("events*", 0)]
    public async Task DamagedCopiesAreReadOrRefused(string name, int leastRefused)
    {
        using (RunWriter writer = Open())
        {
            writer.Scalar("train/loss", 1, 1);
            writer.Histogram("weights/ip.0", 1, [1, 2]);
            writer.Image("filters/a", 1, new RunImage(new byte[] { 1 }, 1, 1, "c"));
            writer.Classes(new ClassReport(1, ["a", "b"], [[1, 2], [3, 4]], []));
        }

        string path = Directory.GetFiles(Run, name).Single();
        string whole = folder["whole"];
        File.Copy(path, whole);
        await Damage.Check(whole, _ => RunFolder.Read(Run), path, leastRefused);
    }

    [Fact]
    public void WhatADocumentNamesIsInTheFolder()
    {
        File.WriteAllText(folder["secret.txt"], "secret");
        using (RunWriter writer = Open())
        {
            writer.Definition("solver.prototxt", "text");
        }

        string path = Path.Combine(Run, "run.json");
        File.WriteAllText(
            path, File.ReadAllText(path).Replace("solver.prototxt", "../secret.txt", StringComparison.Ordinal));

        Assert.Empty(RunFolder.Read(Run).Definitions);
    }

    [Fact]
    public void ARunOfAnotherMachineIsKilledWhenItIsSilent()
    {
        using RunWriter writer = Open();
        string copy = folder["copy"];
        Copy(copy, text => text.Replace(
            $"\"{Environment.MachineName}\"", "\"elsewhere\"", StringComparison.Ordinal));
        DateTimeOffset written = File.GetLastWriteTimeUtc(Path.Combine(copy, "metrics.jsonl"));

        clock.Now = written.AddSeconds(50);
        Assert.Equal(RunState.Running, RunFolder.Read(copy, null, clock).State);
        clock.Now = written.AddSeconds(70);
        Assert.Equal(RunState.Killed, RunFolder.Read(copy, null, clock).State);
        Assert.Equal(RunState.Running, RunFolder.Read(copy).State);
    }

    [Fact]
    public void RunsAreFoundSomeLevelsDownTheEarliestFirst()
    {
        foreach (string name in new[] { "sweep/b", "a", "sweep/deeper/c" })
        {
            clock.Now += TimeSpan.FromHours(1);
            RunWriter.Open(folder[name], new RunInfo(), null, clock).Dispose();
        }

        Directory.CreateDirectory(folder["other"]);
        Directory.CreateDirectory(folder["broken"]);
        File.WriteAllText(Path.Combine(folder["broken"], "run.json"), "x");

        IReadOnlyList<RunSummary> runs = RunFolder.List(folder.Path, warnings.Add);

        Assert.Equal(["b", "a", "c"], runs.Select(r => r.Name));
        Assert.Equal(folder["sweep/b"], runs[0].Folder);
        Assert.Contains("broken", Assert.Single(warnings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutARunIsAnError()
    {
        CnnException none = Assert.Throws<CnnException>(() => RunFolder.Read(folder.Path));
        Assert.Equal(
            $"'{folder.Path}' is no folder of a run: it has no run.json; give one that cnn train --run wrote",
            none.Message);
        CnnException missing = Assert.Throws<CnnException>(() => RunFolder.List(folder["nowhere"]));
        Assert.Equal($"the folder '{folder["nowhere"]}' does not exist; check the path", missing.Message);
    }

    private RunWriter Open() => RunWriter.Open(Run, new RunInfo(), null, clock);

    // As if the process that writes the run had ended.
    private void CopyAsKilled(string to)
    {
        using Process ended = Process.Start("dotnet", "--version");
        ended.WaitForExit();
        Copy(to, text => text.Replace(
            $"\"id\": {Environment.ProcessId}", $"\"id\": {ended.Id}", StringComparison.Ordinal));
    }

    private void Copy(string to, Func<string, string> change)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(Run))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        string document = Path.Combine(to, "run.json"), text = File.ReadAllText(document);
        Assert.NotEqual(text, change(text));
        File.WriteAllText(document, change(text));
    }
}
