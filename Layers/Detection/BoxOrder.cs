namespace Cnn.Layers.Detection;

/// <summary>
/// Keys that sort boxes by score without a comparer: the larger key is the better score or, where scores are equal, the
/// lower index. No key of a box is 0.
/// </summary>
internal static class BoxOrder
{
    private const uint Sign = 0x8000_0000;

    /// <summary>Returns the key of a box; a score that is no number sorts last.</summary>
    public static ulong Key(float score, uint index)
    {
        // Adding 0 makes -0 equal to 0.
        uint bits = BitConverter.SingleToUInt32Bits(float.IsNaN(score) ? float.NegativeInfinity : score + 0f);
        bits = (bits & Sign) != 0 ? ~bits : bits | Sign;
        return ((ulong)bits << 32) | (uint.MaxValue - index);
    }

    /// <summary>Returns the score in a key.</summary>
    public static float Score(ulong key)
    {
        uint bits = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((bits & Sign) != 0 ? bits & ~Sign : ~bits);
    }

    /// <summary>Returns the index in a key.</summary>
    public static int Index(ulong key) => (int)(uint.MaxValue - (uint)key);
}
