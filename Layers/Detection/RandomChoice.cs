using Cnn.Fillers;

namespace Cnn.Layers.Detection;

/// <summary>Draws some of many without putting them back.</summary>
internal static class RandomChoice
{
    /// <summary>
    /// Moves a random choice to the front (Fisher and Yates' shuffle, ended early); leaves the order if all are wanted.
    /// </summary>
    /// <param name="items">The items to choose from.</param>
    /// <param name="count">How many are wanted; may be more than there are.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <returns>How many were chosen.</returns>
    public static int Take(Span<int> items, int count, PhiloxRandom random)
    {
        if (count >= items.Length)
        {
            return items.Length;
        }

        for (int i = 0; i < count; i++)
        {
            int j = i + random.Next(items.Length - i);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return count;
    }
}
