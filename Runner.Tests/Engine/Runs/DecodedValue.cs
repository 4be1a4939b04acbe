namespace Cnn.Tests.Engine.Runs;

/// <summary>A value of an event: one of the members besides the tag.</summary>
internal sealed record DecodedValue(
    string? Tag, float? Number, WireMessage? Image, WireMessage? Histogram, WireMessage? Metadata)
{
    public static DecodedValue Of(WireMessage value) => new(
        value.Text(1),
        value.Has(2) ? value.Get<float>(2) : null,
        value.Message(4),
        value.Message(5),
        value.Message(9));
}
