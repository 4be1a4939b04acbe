using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>An image whose crops are on their way through the net.</summary>
/// <param name="name">The image's name.</param>
/// <param name="crops">The number of its crops; 0 for a faulty image.</param>
/// <param name="error">Why the image could not be loaded; null where it was.</param>
internal sealed class PendingScores(string name, int crops, CnnException? error)
{
    private float[] sums = [];
    private int added;

    /// <summary>Whether all crops went through.</summary>
    public bool IsComplete => added == crops;

    /// <summary>Adds what the net gives for a crop.</summary>
    public void Add(ReadOnlySpan<float> scores)
    {
        if (added == 0)
        {
            sums = new float[scores.Length];
        }

        for (int i = 0; i < scores.Length; i++)
        {
            sums[i] += scores[i];
        }

        added++;
    }

    /// <summary>Returns the mean over the crops.</summary>
    public ImageScores Result()
    {
        for (int i = 0; i < sums.Length && crops > 1; i++)
        {
            sums[i] /= crops;
        }

        return new ImageScores(name, sums, error);
    }
}
