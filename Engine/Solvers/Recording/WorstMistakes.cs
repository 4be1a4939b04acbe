using Cnn.Engine.Runs;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>The mistakes of a test that the net was surest of.</summary>
internal sealed class WorstMistakes
{
    /// <summary>The number of mistakes that are kept.</summary>
    public const int Most = 24;

    private readonly List<Mistake> kept = [];
    private readonly Stack<float[]> spare = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        kept.ForEach(m => spare.Push(m.Image));
        kept.Clear();
    }

    /// <summary>Keeps a mistake if it is one of the surest. Of equal ones the first is kept.</summary>
    /// <param name="label">The class that the image has.</param>
    /// <param name="predicted">The class that it was given.</param>
    /// <param name="confidence">The probability of that class.</param>
    /// <param name="image">The image, [C, H, W]; it is copied.</param>
    public void Offer(int label, int predicted, double confidence, ReadOnlySpan<float> image)
    {
        if (double.IsNaN(confidence) || (kept.Count == Most && kept[^1].Confidence >= confidence))
        {
            return;
        }

        if (kept.Count == Most)
        {
            spare.Push(kept[^1].Image);
            kept.RemoveAt(Most - 1);
        }

        float[] copy = spare.TryPop(out float[]? old) && old.Length == image.Length ? old : new float[image.Length];
        image.CopyTo(copy);
        int at = kept.FindIndex(m => m.Confidence < confidence);
        kept.Insert(at < 0 ? kept.Count : at, new Mistake(label, predicted, confidence, copy));
    }

    /// <summary>Returns the mistakes with their images, the surest first.</summary>
    /// <param name="channels">The images' channels, 1 or 3.</param>
    /// <param name="height">Their rows.</param>
    /// <param name="width">Their columns.</param>
    /// <param name="isRedFirst">Whether the channels are red, green, blue rather than blue, green, red.</param>
    /// <param name="areProbable">Whether the confidence is a probability; otherwise it is told as NaN.</param>
    public IReadOnlyList<ClassMistake> ToList(
        int channels, int height, int width, bool isRedFirst, bool areProbable) =>
    [
        .. kept.Where(m => m.Image.Length == channels * height * width).Select(m => new ClassMistake(
            m.Label,
            m.Predicted,
            areProbable ? m.Confidence : double.NaN,
            SampleImages.Encode(SampleImages.Stretched(m.Image, channels, height, width, isRedFirst)))),
    ];

    private sealed record Mistake(int Label, int Predicted, double Confidence, float[] Image);
}
