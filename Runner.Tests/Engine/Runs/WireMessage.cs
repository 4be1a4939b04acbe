using System.Buffers.Binary;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Runs;

/// <summary>A message as the fields on the wire, by their numbers.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Number, object Value)> fields = [];

    public WireMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            object value = (tag & 7) switch
            {
                0 => input.ReadInt64(),
                1 => input.ReadDouble(),
                2 => input.ReadBytes().ToByteArray(),
                5 => input.ReadFloat(),
                _ => throw new InvalidDataException($"wire type {tag & 7}"),
            };
            fields.Add(((int)(tag >> 3), value));
        }
    }

    public T? Get<T>(int number) => fields.Where(f => f.Number == number).Select(f => (T)f.Value).LastOrDefault();

    public bool Has(int number) => fields.Any(f => f.Number == number);

    public WireMessage? Message(int number) => Get<byte[]>(number) is { } bytes ? new WireMessage(bytes) : null;

    public IEnumerable<WireMessage> Messages(int number) =>
        fields.Where(f => f.Number == number).Select(f => new WireMessage((byte[])f.Value));

    public string? Text(int number) =>
        Get<byte[]>(number) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    public double[] Doubles(int number) => Get<byte[]>(number) is not { } bytes ? [] :
        [.. bytes.Chunk(8).Select(b => BinaryPrimitives.ReadDoubleLittleEndian(b))];
}
