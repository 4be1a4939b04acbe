using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Runner.DataSets;

/// <summary>Serializes one <c>Datum</c> after another into the same memory.</summary>
internal sealed class DatumBuffer
{
    private byte[] bytes = [];

    /// <summary>The record to fill in.</summary>
    public Datum Datum { get; } = new();

    /// <summary>Sets the pixels, or the image file, without a copy; they must not change before the record is used.</summary>
    public void SetData(ReadOnlyMemory<byte> data) => Datum.Data = UnsafeByteOperations.UnsafeWrap(data);

    /// <summary>Returns the record in the wire format; it is valid until the next call.</summary>
    public ReadOnlySpan<byte> Serialize()
    {
        int size = Datum.CalculateSize();
        if (bytes.Length < size)
        {
            bytes = new byte[Math.Max(size, (int)Math.Min(2L * bytes.Length, Array.MaxLength))];
        }

        Span<byte> record = bytes.AsSpan(0, size);
        Datum.WriteTo(record);
        return record;
    }
}
