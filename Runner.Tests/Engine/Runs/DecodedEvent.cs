namespace Cnn.Tests.Engine.Runs;

/// <summary>A record of an event file.</summary>
internal sealed record DecodedEvent(
    double Time, long Step, string? Version, long? Session, IReadOnlyList<DecodedValue> Values)
{
    public static DecodedEvent Of(WireMessage message) => new(
        message.Get<double>(1),
        message.Get<long>(2),
        message.Text(3),
        message.Message(7)?.Get<long>(1),
        [.. message.Message(5)?.Messages(1).Select(DecodedValue.Of) ?? []]);
}
