using Google.Protobuf;

namespace Cnn.Proto;

/// <summary>
/// Records where the messages of a parsed file, and the fields in them, were written. The keys are the message objects
/// themselves, so code that copies a message carries its places over with <see cref="Carry"/>.
/// </summary>
/// <param name="parent">
/// A map to consult for messages that this one does not know, which is never written to; null for none.
/// </param>
public sealed class SourceMap(SourceMap? parent = null)
{
    private readonly Dictionary<IMessage, Entry> entries = new(ReferenceEqualityComparer.Instance);
    private bool hasPostponed;

    /// <summary>Records where a message starts.</summary>
    public void Record(IMessage message, SourceLocation at) => EntryOf(message).Start = at;

    /// <summary>
    /// Records where element <paramref name="index"/> of a field is written (0 for a singular field).
    /// </summary>
    public void Record(IMessage message, int fieldNumber, int index, SourceLocation at) =>
        (EntryOf(message).Fields ??= [])[(fieldNumber, index)] = at;

    /// <summary>
    /// Returns the place of a field's element, else of the field's first element, else of the message; null when the
    /// message was never in a text file. Field number 0 asks for the message itself.
    /// </summary>
    public SourceLocation? Find(IMessage? message, int fieldNumber = 0, int index = 0)
    {
        if (message is null || FindEntry(message) is not { } entry)
        {
            return null;
        }

        SourceLocation? at = null;
        return entry.Fields?.TryGetValue((fieldNumber, index), out at) == true
            || entry.Fields?.TryGetValue((fieldNumber, 0), out at) == true
            ? at
            : entry.Start;
    }

    /// <summary>Keeps a mistake in a message that is one only where the message is used.</summary>
    internal void Postpone(IMessage message, Diagnostic mistake)
    {
        hasPostponed = true;
        (EntryOf(message).Postponed ??= []).Add(mistake);
    }

    /// <summary>The postponed mistakes of all messages.</summary>
    internal IEnumerable<Diagnostic> Postponed =>
        entries.Values.Distinct().SelectMany(e => e.Postponed ?? []).Concat(parent?.Postponed ?? []);

    /// <summary>Returns the postponed mistakes of a message and of those nested in it.</summary>
    internal IEnumerable<Diagnostic> PostponedIn(IMessage message) => HasPostponed
        ? (FindEntry(message)?.Postponed ?? []).Concat(NestedIn(message).SelectMany(PostponedIn))
        : [];

    // Most files have none, and then no message need be searched.
    private bool HasPostponed => hasPostponed || parent?.HasPostponed == true;

    /// <summary>Gives a copy of a message, and the messages nested in it, the places of the original.</summary>
    public void Carry(IMessage from, IMessage to)
    {
        if (FindEntry(from) is { } entry)
        {
            entries[to] = entry;
        }

        if (from.Descriptor != to.Descriptor)
        {
            return;
        }

        foreach (var field in from.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType != Google.Protobuf.Reflection.FieldType.Message)
            {
                continue;
            }

            object? source = field.Accessor.GetValue(from);
            object? target = field.Accessor.GetValue(to);
            if (source is IMessage one && target is IMessage other)
            {
                Carry(one, other);
            }
            else if (source is System.Collections.IList many && target is System.Collections.IList others)
            {
                for (int i = 0; i < Math.Min(many.Count, others.Count); i++)
                {
                    Carry((IMessage)many[i]!, (IMessage)others[i]!);
                }
            }
        }
    }

    private static IEnumerable<IMessage> NestedIn(IMessage message) =>
        from field in message.Descriptor.Fields.InDeclarationOrder()
        where field.FieldType == Google.Protobuf.Reflection.FieldType.Message
        let value = field.Accessor.GetValue(message)
        from nested in value is System.Collections.IList many ? many.Cast<IMessage>()
            : value is IMessage one ? [one] : []
        select nested;

    private Entry? FindEntry(IMessage message) =>
        entries.TryGetValue(message, out Entry? entry) ? entry : parent?.FindEntry(message);

    private Entry EntryOf(IMessage message)
    {
        if (!entries.TryGetValue(message, out Entry? entry))
        {
            entries[message] = entry = new Entry();
        }

        return entry;
    }

    private sealed class Entry
    {
        public SourceLocation? Start { get; set; }

        public Dictionary<(int Field, int Index), SourceLocation>? Fields { get; set; }

        public List<Diagnostic>? Postponed { get; set; }
    }
}
