namespace Cnn.Bench.Scaling;

/// <summary>
/// A network of nodes that all reach each other at full speed, each by one link that sends and receives at the same
/// time: after LogGP (Alexandrov and others, 1995), with a gap for each message and one for each byte.
/// </summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="GigabitsPerSecond">The rate of a link.</param>
/// <param name="Latency">Seconds from a message's last byte on the link to its receiver.</param>
/// <param name="Overhead">Seconds that each message takes of its link beside its bytes.</param>
internal sealed record NetworkModel(string Name, double GigabitsPerSecond, double Latency, double Overhead)
{
    // Of a frame of 1,538 bytes on Ethernet, preamble and gap included, TCP with its time stamps has 1,448 to give.
    private const double PayloadShare = 1448.0 / 1538;

    /// <summary>The bytes that a link carries each way in a second.</summary>
    public double BytesPerSecond => GigabitsPerSecond * 1e9 / 8 * PayloadShare;

    /// <summary>Returns how long a node's link is busy when it sends something to each other node.</summary>
    /// <param name="bytes">The bytes to each.</param>
    /// <param name="nodes">The number of nodes.</param>
    public double Busy(double bytes, int nodes) => (nodes - 1) * (Overhead + (bytes / BytesPerSecond));
}
