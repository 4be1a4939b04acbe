using System.Buffers;
using System.Runtime.InteropServices;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Distributed;

/// <summary>
/// What a process tells the others in a round of batches: the loss of its batch, then the number of axes, the shape and
/// the values of each blob. A process without a batch in the round tells nothing, one that stops a single byte.
/// </summary>
internal sealed class BatchMessage
{
    private const int Unit = sizeof(float);

    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly Blob[] received;

    /// <summary>Creates it; it may be used again and again.</summary>
    /// <param name="blobs">The number of blobs.</param>
    public BatchMessage(int blobs) => received = [.. Enumerable.Range(0, blobs).Select(_ => new Blob())];

    /// <summary>Tells that the process stops.</summary>
    public static ReadOnlySpan<byte> Stop => [1];

    /// <summary>The blobs that were read last.</summary>
    public IReadOnlyList<Blob> Blobs => received;

    /// <summary>Returns whether a message is <see cref="Stop"/>.</summary>
    public static bool IsStop(byte[] message) => message.Length == 1;

    /// <summary>Returns the message of a batch; valid until the next one is written.</summary>
    /// <exception cref="CnnException">The blobs are too large.</exception>
    public ReadOnlySpan<byte> Write(float loss, IReadOnlyList<Blob> blobs)
    {
        if (blobs.Sum(b => (long)Unit * (b.Count + b.AxisCount + 1)) + Unit > Array.MaxLength)
        {
            throw new CnnException(
                "the processes cannot exchange more than 2 GB of a batch",
                "ask for fewer blobs, or take smaller batches");
        }

        bytes.ResetWrittenCount();
        Append<float>([loss]);
        foreach (Blob blob in blobs)
        {
            Append<int>([blob.AxisCount]);
            Append(blob.Shape);
            Append<float>(blob.Data);
        }

        return bytes.WrittenSpan;
    }

    /// <summary>Reads the message of a batch into <see cref="Blobs"/>.</summary>
    /// <returns>The loss.</returns>
    public float Read(ReadOnlySpan<byte> message)
    {
        float loss = Take<float>(ref message, 1)[0];
        foreach (Blob blob in received)
        {
            int axes = Take<int>(ref message, 1)[0];
            blob.Reshape(Take<int>(ref message, axes));
            Take<float>(ref message, blob.Count).CopyTo(blob.Data);
        }

        return loss;
    }

    private static ReadOnlySpan<T> Take<T>(ref ReadOnlySpan<byte> message, int count)
        where T : unmanaged
    {
        ReadOnlySpan<byte> taken = message[..(count * Unit)];
        message = message[taken.Length..];
        return MemoryMarshal.Cast<byte, T>(taken);
    }

    private void Append<T>(ReadOnlySpan<T> values)
        where T : unmanaged => bytes.Write(MemoryMarshal.AsBytes(values));
}
