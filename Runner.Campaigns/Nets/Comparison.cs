namespace Cnn.Campaigns.Nets;

/// <summary>Compares values of one computation with those of another.</summary>
internal static class Comparison
{
    /// <summary>Returns where bits differ; null where they are the same.</summary>
    public static string? Bits(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            return $"{name} has {expected.Length} values and {actual.Length}";
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                return $"value {i} of {name} is {expected[i]:R} and {actual[i]:R}";
            }
        }

        return null;
    }

    /// <summary>
    /// Returns where values differ by more than a share of the largest; null where none do. Numbers that are none have
    /// to be none on
    /// both sides.
    /// </summary>
    public static string? Close(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        if (expected.Length != actual.Length)
        {
            return $"{name} has {expected.Length} values and {actual.Length}";
        }

        double most = 1e-3;
        foreach (float value in expected)
        {
            most = float.IsFinite(value) ? Math.Max(most, Math.Abs(value)) : most;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            bool isClose = float.IsFinite(expected[i])
                ? Math.Abs((double)expected[i] - actual[i]) <= tolerance * most
                : !float.IsFinite(actual[i]);
            if (!isClose)
            {
                return $"value {i} of {name} is {expected[i]:R} and {actual[i]:R}, the largest being {most}";
            }
        }

        return null;
    }
}
