using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Campaigns.LongRuns;

/// <summary>The bits of a net's weights in one number.</summary>
internal static class WeightHash
{
    /// <summary>
    /// Returns the SHA-256 of all blobs of all layers, learned or kept (such as the statistics of BatchNorm), in
    /// hexadecimal.
    /// </summary>
    public static string Of(Net net)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Blob blob in net.Layers.SelectMany(l => l.Parameters))
        {
            hash.AppendData(MemoryMarshal.AsBytes(blob.Data));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
