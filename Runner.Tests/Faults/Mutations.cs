namespace Cnn.Tests.Faults;

/// <summary>
/// Makes damaged copies of a file, as a function of the index: truncated, with bits flipped, or with pieces
/// overwritten, repeated or left out.
/// </summary>
internal static class Mutations
{
    public static byte[] Create(byte[] whole, int index)
    {
        var random = new Random((index * 7919) + 17);
        byte[] copy = [.. whole];
        switch (index % 6)
        {
            case 0:
                return copy[..random.Next(whole.Length)];
            case 1:
                for (int i = random.Next(1, 4); i > 0; i--)
                {
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                }

                return copy;
            case 2:
                // Sizes and addresses are in headers.
                copy[random.Next(Math.Min(512, copy.Length))] = (byte)(random.Next(2) == 0 ? 0xFF : random.Next(256));
                return copy;
            case 3:
                int start = random.Next(copy.Length);
                random.NextBytes(copy.AsSpan(start, Math.Min(random.Next(1, 64), copy.Length - start)));
                return copy;
            case 4:
                int from = random.Next(copy.Length), length = Math.Min(random.Next(1, 256), copy.Length - from);
                return [.. copy[..from], .. copy[(from + length)..]];
            default:
                int at = random.Next(copy.Length), more = Math.Min(random.Next(1, 256), copy.Length - at);
                return [.. copy[..(at + more)], .. copy[at..]];
        }
    }
}
