using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Runs;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>The mistakes of a test that the net was surest of.</summary>
internal sealed class WorstMistakes
{
    /// <summary>The number of mistakes that are kept.</summary>
    public const int Most = 24;

    // The surest first, of equal ones the first found.
    private readonly List<(FoundMistake Mistake, float[] Image)> kept = [];
    private readonly Stack<float[]> spare = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        kept.ForEach(k => spare.Push(k.Image));
        kept.Clear();
    }

    /// <summary>Keeps a mistake if it is one of the surest. Of equal ones the first is kept.</summary>
    /// <param name="mistake">The mistake.</param>
    /// <param name="image">The image, [C, H, W]; it is copied.</param>
    public void Offer(FoundMistake mistake, ReadOnlySpan<float> image)
    {
        double confidence = mistake.Confidence;
        if (double.IsNaN(confidence) || (kept.Count == Most && kept[^1].Mistake.Confidence >= confidence))
        {
            return;
        }

        if (kept.Count == Most)
        {
            spare.Push(kept[^1].Image);
            kept.RemoveAt(Most - 1);
        }

        int at = kept.FindIndex(k => k.Mistake.Confidence < confidence);
        kept.Insert(at < 0 ? kept.Count : at, (mistake, Copy(image)));
    }

    /// <summary>
    /// Keeps the surest mistakes of all processes of a group, of which each has been offered those of some batches. All
    /// of them call it, and all keep what one process alone would have kept.
    /// </summary>
    public void Gather(ProcessGroup processes)
    {
        FoundMistake[] mine = [.. kept.Select(k => k.Mistake)];
        (int Rank, FoundMistake Mistake)[] surest =
        [
            .. processes.Gather(MemoryMarshal.AsBytes(mine.AsSpan()))
                .SelectMany((told, rank) =>
                    MemoryMarshal.Cast<byte, FoundMistake>(told).ToArray().Select(m => (Rank: rank, Mistake: m)))
                .OrderByDescending(m => m.Mistake.Confidence)
                .ThenBy(m => m.Mistake.Batch)
                .ThenBy(m => m.Mistake.Item)
                .Take(Most),
        ];

        // The images are large, so only those of the surest are exchanged: the first ones that each process keeps.
        float[] images = [.. kept.Take(surest.Count(m => m.Rank == processes.Rank)).SelectMany(k => k.Image)];
        byte[][] all = processes.Gather(MemoryMarshal.AsBytes(images.AsSpan()));
        int[] read = new int[processes.Size];
        Clear();
        foreach (var (rank, mistake) in surest)
        {
            ReadOnlySpan<float> theirs = MemoryMarshal.Cast<byte, float>(all[rank]);
            kept.Add((mistake, Copy(theirs.Slice(read[rank], mistake.Size))));
            read[rank] += mistake.Size;
        }
    }

    /// <summary>Returns the mistakes with their images, the surest first.</summary>
    /// <param name="isRedFirst">Whether the channels are red, green, blue rather than blue, green, red.</param>
    /// <param name="areProbable">Whether the confidence is a probability; otherwise it is told as NaN.</param>
    public IReadOnlyList<ClassMistake> ToList(bool isRedFirst, bool areProbable) =>
    [
        .. kept.Select(k => new ClassMistake(
            k.Mistake.Label,
            k.Mistake.Predicted,
            areProbable ? k.Mistake.Confidence : double.NaN,
            SampleImages.Encode(SampleImages.Stretched(
                k.Image, k.Mistake.Channels, k.Mistake.Height, k.Mistake.Width, isRedFirst)))),
    ];

    private float[] Copy(ReadOnlySpan<float> image)
    {
        float[] copy = spare.TryPop(out float[]? old) && old.Length == image.Length ? old : new float[image.Length];
        image.CopyTo(copy);
        return copy;
    }
}
