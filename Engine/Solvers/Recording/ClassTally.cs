using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// Watches the tests of a net that classifies: counts which class the images of each class are given, and keeps the
/// mistakes that the net is surest of.
/// </summary>
internal sealed class ClassTally
{
    private readonly ClassSource source;
    private readonly IReadOnlyList<string> names;
    private readonly Blob? images;
    private readonly bool isRedFirst;
    private readonly long[][] counts;
    private readonly WorstMistakes worst = new();

    private ClassTally(ClassSource source, Net net, int testNet)
    {
        this.source = source;
        TestNet = testNet;
        names = NamesIn(net, source.Classes);
        (_, images, isRedFirst) = SampleImages.In(net).FirstOrDefault(i => i.Images.Dim(0) == source.Scores.Dim(0));
        counts = [.. Enumerable.Range(0, source.Classes).Select(_ => new long[source.Classes])];
    }

    /// <summary>The index of the net among the test nets.</summary>
    public int TestNet { get; }

    /// <summary>Makes a tally for a net; null where it is no classifier.</summary>
    public static ClassTally? Of(Net net, int testNet = 0) =>
        ClassSource.Find(net) is { } source ? new ClassTally(source, net, testNet) : null;

    /// <summary>Makes a tally for the first of several nets that is a classifier; null where none is.</summary>
    public static ClassTally? First(IEnumerable<Net> testNets) =>
        testNets.Select(Of).FirstOrDefault(tally => tally is not null);

    /// <summary>Starts a test.</summary>
    public void Begin()
    {
        foreach (long[] row in counts)
        {
            Array.Clear(row);
        }

        worst.Clear();
    }

    /// <summary>Counts the batch that has just run.</summary>
    /// <param name="batch">Its index in the test.</param>
    public void Add(int batch)
    {
        ReadOnlySpan<float> labels = source.Labels.Data, scores = source.Scores.Data;
        for (int item = 0; item < labels.Length; item++)
        {
            // A label to be ignored is none of the classes.
            int label = (int)labels[item];
            if (label < 0 || label >= source.Classes)
            {
                continue;
            }

            ReadOnlySpan<float> mine = scores.Slice(item * source.Classes, source.Classes);
            int predicted = Best(mine);
            counts[label][predicted]++;
            if (predicted != label && images is not null && item < images.Dim(0))
            {
                int size = images.Count / images.Dim(0);
                var mistake = new FoundMistake(
                    Probability(mine, predicted), batch, item, label, predicted,
                    images.Dim(1), images.Dim(2), images.Dim(3));
                worst.Offer(mistake, images.Data.Slice(item * size, size));
            }
        }
    }

    /// <summary>Returns what the test has shown.</summary>
    /// <param name="iteration">The iteration of the test.</param>
    public ClassReport Report(int iteration) => new(
        iteration,
        names,
        [.. counts.Select(row => row.ToArray())],
        worst.ToList(isRedFirst, source.AreProbable));

    /// <summary>
    /// Adds what the other processes of a group have seen of the test, in which each has run some of the batches. All
    /// of them call it.
    /// </summary>
    public void Gather(ProcessGroup processes)
    {
        List<long> mine = [];
        for (int label = 0; label < counts.Length; label++)
        {
            for (int predicted = 0; predicted < counts.Length; predicted++)
            {
                if (counts[label][predicted] != 0)
                {
                    mine.AddRange([label, predicted, counts[label][predicted]]);
                    counts[label][predicted] = 0;
                }
            }
        }

        foreach (byte[] told in processes.Gather(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(mine))))
        {
            for (ReadOnlySpan<long> rest = MemoryMarshal.Cast<byte, long>(told); !rest.IsEmpty; rest = rest[3..])
            {
                counts[rest[0]][rest[1]] += rest[2];
            }
        }

        worst.Gather(processes);
    }

    /// <summary>
    /// Returns the probability of a class: its score where the scores are not negative and add up to 1, else that of
    /// their softmax.
    /// </summary>
    internal static double Probability(ReadOnlySpan<float> scores, int index)
    {
        const double Tolerance = 1e-3;
        double sum = 0, exponentials = 0;
        bool areShares = true;
        foreach (float score in scores)
        {
            areShares &= score >= 0;
            sum += score;
            exponentials += Math.Exp(score - scores[index]);
        }

        return areShares && Math.Abs(sum - 1) < Tolerance ? scores[index] : 1 / exponentials;
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }

    private static IReadOnlyList<string> NamesIn(Net net, int classes) =>
        net.Layers.Select(l => l.Layer.ClassNames).FirstOrDefault(n => n?.Count == classes)
        ?? [.. Enumerable.Range(0, classes).Select(i => FormattableString.Invariant($"{i}"))];
}
