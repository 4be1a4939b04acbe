using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Bench;

/// <summary>Compares the memory of a run with that of the blobs that its net defines.</summary>
internal static class MemoryUse
{
    /// <summary>
    /// Returns "peak 512 MB, the net's blobs 430 MB". The blobs count with their values, their gradients where used,
    /// and one history per parameter when training.
    /// </summary>
    public static string Text(Net net, bool isTraining)
    {
        var seen = new HashSet<Blob>();
        double blobs = 0;
        foreach (Blob blob in net.Blobs.Values.Concat(net.Layers.SelectMany(l => l.Parameters)).Where(seen.Add))
        {
            blobs += 4.0 * blob.Count * (1 + (blob.HasDiff ? 1 : 0));
        }

        if (isTraining)
        {
            blobs += net.Learnable.Sum(p => 4.0 * p.Blob.Count);
        }

        using Process process = Process.GetCurrentProcess();
        return $"memory: peak {process.PeakWorkingSet64 / 1048576.0:F0} MB, the net's blobs {blobs / 1048576:F0} MB";
    }
}
