using System.Globalization;
using System.Text.Json;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Runs;

[Trait("Category", "Unit")]
public sealed class RunWriterTests : IDisposable
{
    private const long Start = 1, Stop = 2;

    private static readonly byte[] Png = [1, 2, 3, 4, 5];

    private static readonly RunInfo Info = new()
    {
        Net = "LeNet",
        Command = "cnn train --solver \"a b.prototxt\"",
        Version = "1.2.3",
        Seed = 7,
        Machine = "box, 2 threads",
        MaxIterations = 100,
        Settings = [new("base_lr", "0.01"), new("lr_policy", "step"), new("debug_info", "true")],
        LessIsBetter = ["test/distance"],
    };

    private readonly TemporaryFolder folder = new();
    private readonly SteppedClock clock = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EveryFigureIsALineAndAnEvent()
    {
        (string Name, long Iteration, double Value)[] figures =
        [
            ("train/loss", 0, 2.5),
            ("train/loss", 10, 0.1 + 0.2),
            ("test/accuracy", 10, double.NaN),
            ("a \"quoted\" name, 名", 10, double.PositiveInfinity),
            ("train/loss", 20, double.NegativeInfinity),
            ("train/learning_rate", 20, 1e-300),
            ("train/learning_rate", 30, -12345678.875),
        ];
        using (RunWriter writer = Open())
        {
            foreach (var (name, iteration, value) in figures)
            {
                clock.Now += TimeSpan.FromMilliseconds(1500);
                writer.Scalar(name, iteration, value);
            }

            writer.End(RunState.Completed);
        }

        string[] lines = File.ReadAllLines(Path.Combine(Run, "metrics.jsonl"));
        DecodedEvent[] events = [.. Events().Where(e => e.Values is [{ Number: not null }])];
        Assert.Equal(figures.Length, lines.Length);
        Assert.Equal(figures.Length, events.Length);
        Assert.Equal(
            """{"iteration":0,"time":1777863722.500,"name":"train/loss","value":2.5}""", lines[0]);
        for (int i = 0; i < figures.Length; i++)
        {
            var (name, iteration, value) = figures[i];
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            double time = line.RootElement.GetProperty("time").GetDouble();
            JsonElement written = line.RootElement.GetProperty("value");
            Assert.Equal(name, line.RootElement.GetProperty("name").GetString());
            Assert.Equal(iteration, line.RootElement.GetProperty("iteration").GetInt64());
            Assert.Equal(1777863721 + (1.5 * (i + 1)), time, 3);
            Assert.Equal(value, written.ValueKind == JsonValueKind.Number
                ? written.GetDouble()
                : double.Parse(written.GetString()!, CultureInfo.InvariantCulture));
            Assert.Equal((name, iteration, time), (events[i].Values[0].Tag, events[i].Step, events[i].Time));
            Assert.Equal((float)value, events[i].Values[0].Number);
        }
    }

    [Fact]
    public void AnEventFileBeginsAndEndsAsTensorBoardWantsIt()
    {
        using (RunWriter writer = Open())
        {
            writer.Scalar("train/loss", 5, 1);
            writer.End(RunState.Completed);
        }

        IReadOnlyList<DecodedEvent> events = Events();

        Assert.Matches(
            @"^events\.out\.tfevents\.1777863721\.[\w-]+\.\d+\.0$",
            Path.GetFileName(Directory.GetFiles(Run, "events*").Single()));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal((Start, 0L), (events[1].Session, events[1].Step));
        Assert.Equal((Stop, 5L), (events[^1].Session, events[^1].Step));
        DecodedValue start = events[2].Values.Single(), end = events[^2].Values.Single();
        Assert.Equal("_hparams_/session_start_info", start.Tag);
        Assert.Equal("_hparams_/session_end_info", end.Tag);
        WireMessage plugin = start.Metadata!.Message(1)!;
        Assert.Equal("hparams", plugin.Text(1));
        WireMessage session = plugin.Message(2)!.Message(3)!;
        WireMessage[] settings = [.. session.Messages(1)];
        Assert.Equal(0.01, settings.Single(s => s.Text(1) == "base_lr").Message(2)!.Get<double>(2));
        Assert.Equal("step", settings.Single(s => s.Text(1) == "lr_policy").Message(2)!.Text(3));
        Assert.Equal(1, settings.Single(s => s.Text(1) == "debug_info").Message(2)!.Get<long>(4));
        Assert.Equal(1, end.Metadata!.Message(1)!.Message(2)!.Message(4)!.Get<long>(1));
    }

    [Fact]
    public void HistogramsAndImagesAreEvents()
    {
        using (RunWriter writer = Open())
        {
            writer.Histogram("weights/conv1.0", 20, [-1, 0, 0.5f, 3, float.NaN]);
            writer.Histogram("weights/none.0", 20, [float.NaN]);
            writer.Image("filters/conv1", 20, new RunImage(Png, 12, 34, "the filters"));
        }

        DecodedEvent[] events = [.. Events().Where(e => e.Values is [var v] && (v.Histogram ?? v.Image) is not null)];

        WireMessage histogram = events[0].Values[0].Histogram!;
        double[] limits = histogram.Doubles(6), counts = histogram.Doubles(7);
        Assert.Equal(("weights/conv1.0", 20L), (events[0].Values[0].Tag, events[0].Step));
        Assert.Equal(
            (-1, 3, 4, 2.5, 10.25),
            (histogram.Get<double>(1), histogram.Get<double>(2), histogram.Get<double>(3), histogram.Get<double>(4),
                histogram.Get<double>(5)));
        Assert.Equal(RunHistogram.Intervals, limits.Length);
        Assert.Equal(3, limits[^1]);
        Assert.Equal((4, 1, 1), (counts.Sum(), counts[0], counts[^1]));
        Assert.Equal(0, events[1].Values[0].Histogram!.Get<double>(3));
        WireMessage image = events[2].Values[0].Image!;
        Assert.Equal((34L, 12L), (image.Get<long>(1), image.Get<long>(2)));
        Assert.Equal(Png, image.Get<byte[]>(4));
        Assert.Equal("the filters", events[2].Values[0].Metadata!.Text(3));
    }

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        var mistake = new ClassMistake(0, 1, 0.875, new RunImage(Png, 5, 6, "a zero"));
        var report = new ClassReport(30, ["zero", "one"], [[8, 2], [0, 10]], [mistake, mistake with { Label = 1 }]);
        RunRecord known;
        using (RunWriter writer = Open())
        {
            writer.Scalar("train/loss", 30, 0.5);
            writer.Scalar("test/accuracy", 30, 0.9);
            writer.Histogram("weights/ip.0", 30, [1, 2, 3]);
            writer.Image("filters/conv1", 30, new RunImage(Png, 5, 6));
            writer.LayerTimes(30, [new LayerTime("conv1", "Convolution", 1.5, 2.25)]);
            writer.Classes(report with { Iteration = 20 });
            writer.Classes(report);
            writer.Definition("solver.prototxt", "base_lr: 0.01  # ü\n");
            writer.Drawing("<svg/>");
            writer.SnapshotWritten("snap_iter_30.solverstate");
            writer.Advance(31);
            clock.Now += TimeSpan.FromMinutes(2);
            writer.End(RunState.Failed, "the loss is not finite");
            known = writer.Snapshot();
        }

        foreach (RunRecord record in new[] { known, RunFolder.Read(Run) })
        {
            Assert.Equal(("run", RunState.Failed, 31L), (record.Name, record.State, record.Iteration));
            Assert.Equal(TimeSpan.FromMinutes(2), record.Duration);
            Assert.Equal("the loss is not finite", record.Failure);
            Assert.Equal("snap_iter_30.solverstate", record.LastSnapshot);
            Assert.Equal(
                JsonSerializer.Serialize(Info with { Started = new SteppedClock().Now }),
                JsonSerializer.Serialize(record.Info));
            Assert.Equal(["train/loss", "test/accuracy"], record.Curves.Select(c => c.Name));
            Assert.Equal([new RunPoint(30, 0.9)], record.Curves[1].Points);
            RunHistogram histogram = record.HistogramSeries.Single().Items.Single().Value;
            Assert.Equal((1, 3, 6, 14), (histogram.Min, histogram.Max, histogram.Sum, histogram.SumOfSquares));
            Assert.Equal([1, 1, 1], histogram.Counts.Where(c => c > 0));
            RunImage image = record.ImageSeries.Single().Items.Single().Value;
            Assert.Equal((5, 6, ""), (image.Width, image.Height, image.Caption));
            Assert.Equal(Png, image.Png.ToArray());
            Assert.Equal([new LayerTime("conv1", "Convolution", 1.5, 2.25)], record.LayerTimes);
            Assert.Equal("<svg/>", record.NetSvg);
            Assert.Equal("base_lr: 0.01  # ü\n", record.Definitions["solver.prototxt"]);
            ClassReport classes = record.Classes!;
            Assert.Equal((30, 0.8), (classes.Iteration, classes.Recall(0)));
            Assert.Equal(["zero", "one"], classes.Names);
            Assert.Equal([0, 1], classes.Worst.Select(m => m.Label));
            Assert.Equal((1, 0.875, "a zero"), (
                classes.Worst[0].Predicted, classes.Worst[0].Confidence, classes.Worst[0].Image.Caption));
            Assert.Equal(Png, classes.Worst[0].Image.Png.ToArray());
        }

        Assert.Equal(2, Directory.GetFiles(Path.Combine(Run, "mistakes")).Length);
        Assert.DoesNotContain(Directory.GetFiles(Run), f => f.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public void AResumedRunGoesOnFromItsSnapshot()
    {
        using (RunWriter first = Open())
        {
            for (int i = 0; i < 50; i++)
            {
                first.Scalar("train/loss", i, i);
            }

            first.Scalar("test/accuracy", 10, 0.5);
            first.Scalar("test/accuracy", 40, 0.6);
            first.Histogram("weights/ip.0", 20, [1]);
            first.Histogram("weights/ip.0", 40, [2]);
            first.Classes(new ClassReport(40, ["a"], [[1]], []));
            clock.Now += TimeSpan.FromSeconds(10);
        }

        // A line that the end of a process tore.
        File.AppendAllText(Path.Combine(Run, "metrics.jsonl"), """{"iteration":49,"time":17""");
        clock.Now += TimeSpan.FromHours(1);
        using (RunWriter second = Open(30, Info with { MaxIterations = 200 }))
        {
            Assert.Equal(30, second.Snapshot().Iteration);
            Assert.Equal(new RunPoint(29, 29), second.Snapshot().Curves[0].Last);
            second.Scalar("train/loss", 30, -1);
            clock.Now += TimeSpan.FromSeconds(5);
            second.End(RunState.Completed);
        }

        RunRecord record = RunFolder.Read(Run);

        Assert.Equal((RunState.Completed, 30L), (record.State, record.Iteration));
        Assert.Equal((200, new SteppedClock().Now), (record.Info.MaxIterations, record.Info.Started));
        Assert.Equal(TimeSpan.FromSeconds(15), record.Duration);
        Assert.Equal(
            Enumerable.Range(0, 30).Append(-1).Select(v => (double)v), record.Curves[0].Points.Select(p => p.Value));
        Assert.Equal([10L], record.Curves[1].Points.Select(p => p.Iteration));
        Assert.Equal([20L], record.HistogramSeries.Single().Items.Select(i => i.Iteration));
        Assert.Null(record.Classes);
        Assert.Equal(32, File.ReadLines(Path.Combine(Run, "metrics.jsonl")).Count());
        string[] files = [.. Directory.GetFiles(Run, "events*").Order(StringComparer.Ordinal)];
        Assert.Equal([0, 30], files.Select(f => EventFileDecoder.Read(f).Single(e => e.Session == Start).Step));
    }

    [Fact]
    public void ASnapshotAfterTheEndIsNoted()
    {
        using RunWriter writer = Open();
        writer.Scalar("test/accuracy", 50, 1);
        writer.End(RunState.Stopped);

        writer.SnapshotWritten("snap_iter_50.solverstate");

        RunRecord record = RunFolder.Read(Run);
        Assert.Equal((RunState.Stopped, "snap_iter_50.solverstate"), (record.State, record.LastSnapshot));
        Assert.Single(record.Curves);
    }

    [Fact]
    public void StartsWithinASecondHaveEventFilesInTheirOrder()
    {
        Open().Dispose();
        for (int i = 1; i < 12; i++)
        {
            Open(i).Dispose();
        }

        string[] files = [.. Directory.GetFiles(Run, "events*").Order(StringComparer.Ordinal)];

        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => (long)i),
            files.Select(f => EventFileDecoder.Read(f).Single(e => e.Session == Start).Step));
    }

    [Fact]
    public void AFolderWithARunIsRefusedUnlessItIsResumed()
    {
        Open().Dispose();

        CnnException error = Assert.Throws<CnnException>(() => Open());

        Assert.Equal(
            $"the folder '{Run}' has a run already, which is stopped at iteration 0; "
            + "name another folder, or go on with that run by --resume",
            error.Message);
    }

    [Fact]
    public void AFolderOfOtherThingsIsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "thesis.tex"), "");

        foreach (long? resumesAt in new long?[] { null, 5 })
        {
            CnnException error = Assert.Throws<CnnException>(() => Open(resumesAt));
            Assert.Equal(
                $"the folder '{Run}' holds other things than a run, such as 'thesis.tex'; "
                + "name a folder that is new or empty",
                error.Message);
        }

        Assert.Single(Directory.GetFileSystemEntries(Run));
    }

    [Fact]
    public void AFileIsNoFolder()
    {
        File.WriteAllText(Run, "");

        CnnException error = Assert.Throws<CnnException>(() => Open());

        Assert.Equal($"the run cannot be written to '{Run}': it is a file; name a folder", error.Message);
    }

    [Fact]
    public void AFolderWithTheLogAloneIsTaken()
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "run.log"), "");

        Open().Dispose();

        Assert.True(File.Exists(Path.Combine(Run, "run.json")));
    }

    [Fact]
    public void AFullDiskIsToldOnceAndTheRunGoesOnInMemory()
    {
        var failures = new List<CnnException>();
        using RunWriter writer = RunWriter.Open(Run, Info, null, clock, path => new FullFile(path, 4000));
        writer.Failed += failures.Add;

        for (int i = 0; i < 100; i++)
        {
            writer.Scalar("train/loss", i, i);
            writer.Histogram("weights/ip.0", i, [1, 2]);
        }

        writer.Definition("solver.prototxt", "text");
        writer.Flush();
        writer.End(RunState.Completed);

        Assert.Equal($"cannot write '{Run}': the disk is full", Assert.Single(failures).Message);
        RunRecord record = writer.Snapshot();
        Assert.Equal(100, record.Curves.Single().Count);
        Assert.Equal(99, record.HistogramSeries.Single().Items[^1].Iteration);
        Assert.Equal("text", record.Definitions["solver.prototxt"]);
        Assert.False(File.Exists(Path.Combine(Run, "solver.prototxt")));
        Assert.NotEmpty(RunFolder.Read(Run).Curves);
    }

    [Theory]
    [InlineData("../solver.prototxt")]
    [InlineData("run.json")]
    [InlineData("events.out.tfevents.1")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void ADefinitionHasAPlainNameOfItsOwn(string name)
    {
        using RunWriter writer = Open();

        Assert.Throws<ArgumentException>(() => writer.Definition(name, ""));
    }

    [Fact]
    public void AFigureAllocatesNothing()
    {
        using RunWriter writer = Open();
        long iteration = 0;

        // Until the list of the curve has grown.
        for (; iteration < 4 * RunCurve.Capacity; iteration++)
        {
            writer.Scalar("train/loss", iteration, 0.1 * iteration);
        }

        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            for (int i = 0; i < 100; i++, iteration++)
            {
                writer.Scalar("train/loss", iteration, 1.0 / iteration);
            }
        }));
    }

    [Fact]
    public void TimeCountsFromTheStartWhereThereIsNoClock()
    {
        var started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        using (var writer = RunWriter.Open(Run, Info with { Started = started }))
        {
            writer.Scalar("train/loss", 0, 1);
        }

        double time = Events().First(e => e.Values is [{ Number: not null }]).Time;
        Assert.InRange(time - started.ToUnixTimeSeconds(), 0, 100);
        Assert.Equal(started, RunFolder.Read(Run).Info.Started);
    }

    private RunWriter Open(long? resumesAt = null, RunInfo? info = null) =>
        RunWriter.Open(Run, info ?? Info, resumesAt, clock);

    private IReadOnlyList<DecodedEvent> Events() => EventFileDecoder.Read(Directory.GetFiles(Run, "events*").Single());
}
