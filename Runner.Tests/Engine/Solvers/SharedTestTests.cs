using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Recording;
using Cnn.Layers.Threading;
using Cnn.Tests.Engine.Distributed;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Tests of a test net whose batches several processes share out.</summary>
[Trait("Category", "Unit")]
public class SharedTestTests
{
    private const int Batches = 7;

    [Theory]
    [InlineData(BatchNets.Classifier)]
    [InlineData(BatchNets.Detector)]
    [InlineData(BatchNets.Recurrent)]
    public void ScoresAndLogAreThoseOfOneProcess(string net)
    {
        var alone = Test(net, null);
        Assert.NotEmpty(alone.Lines);

        foreach (int size in (int[])[1, 2, 3])
        {
            var ranks = InProcessJob.Run(size, group => Test(net, group));

            Assert.All(ranks, rank => Assert.Equal(alone.Scores, rank.Scores));
            Assert.Equal(alone.Lines, ranks[0].Lines);
        }
    }

    [Theory]
    [InlineData(BatchNets.Classifier)]
    [InlineData("debug_info: true " + BatchNets.Classifier)]
    public void TheClassesOfAllImagesAreCountedAndTheSameMistakesShown(string net)
    {
        ClassReport alone = Test(net, null).Classes!;
        Assert.Equal(Batches * 8, alone.Counts.Sum(row => row.Sum()));
        Assert.Equal(WorstMistakes.Most, alone.Worst.Count);

        foreach (int size in (int[])[1, 2, 3])
        {
            var ranks = InProcessJob.Run(size, group => Test(net, group));

            Assert.All(ranks, rank => AssertSame(alone, rank.Classes!));
        }
    }

    // Mistakes of equal confidence are told in the order in which one process finds them.
    [Fact]
    public void OfEqualMistakesTheFirstOfTheTestAreKept()
    {
        string[] alone = Kept(null);
        Assert.Equal(WorstMistakes.Most, alone.Length);

        Assert.All(InProcessJob.Run(3, Kept), rank => Assert.Equal(alone, rank));

        static string[] Kept(ProcessGroup? group)
        {
            var worst = new WorstMistakes();
            for (int i = 0; i < 200; i++)
            {
                int batch = i / 5;
                if (group is null || batch % group.Size == group.Rank)
                {
                    var mistake = new FoundMistake(i * 7 % 10 / 10.0, batch, i % 5, i, i + 1, 1, 1, (i % 3) + 2);
                    worst.Offer(mistake, [.. Enumerable.Range(i, mistake.Size).Select(value => (float)value)]);
                }
            }

            if (group is not null)
            {
                worst.Gather(group);
            }

            return
            [
                .. worst.ToList(isRedFirst: false, areProbable: true)
                    .Select(m => $"{m.Label} {m.Predicted} {m.Confidence} {m.Image.Width}"),
            ];
        }
    }

    [Fact]
    public void AStopOfOneProcessCutsTheTestShortInAll()
    {
        var ranks = InProcessJob.Run(
            3, group => Test(BatchNets.Classifier, group, done => group.Rank == 2 && done > 0));

        Assert.All(ranks, rank => Assert.Equal("", rank.Scores));
        Assert.Equal(["Test interrupted."], ranks[0].Lines);
    }

    private static void AssertSame(ClassReport expected, ClassReport found)
    {
        Assert.Equal(expected.Names, found.Names);
        Assert.Equal(expected.Counts.SelectMany(row => row), found.Counts.SelectMany(row => row));
        Assert.Equal(expected.Worst.Select(Describe), found.Worst.Select(Describe));

        static string Describe(ClassMistake mistake) =>
            $"{mistake.Label} {mistake.Predicted} {mistake.Confidence:R} {Convert.ToHexString(mistake.Image.Png.Span)}";
    }

    // Tests twice, and returns the second one: that its data follow the first one's is a part of it.
    private static (string Scores, string[] Lines, ClassReport? Classes) Test(
        string text, ProcessGroup? group, Func<int, bool>? goesNoFurther = null)
    {
        using var pool = new WorkerPool(1);
        using Net net = BatchNets.Build(text, pool);
        var lines = new LogLines();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();
        var test = new TestNet(0, net, Batches, "Integral", ShowsClasses: true) { Processes = group };
        ClassTally? classes = ClassTally.Of(net);
        test.Run(10, 0, logsLoss: false, null, _ => false, classes);
        TestScores? scores = test.Run(20, 1, logsLoss: true, log, goesNoFurther ?? (_ => false), classes);
        string told = scores is null
            ? ""
            : string.Join('|', scores.Outputs.Select(o => $"{o.Blob}={o.Mean:R}").Append($"{scores.Loss:R}"))
                + string.Join('|', scores.Precisions);
        return (told, [.. lines.All], classes?.Report(20));
    }
}
