using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Layers.Data.Boxes;

/// <summary>A serialized <c>AnnotatedDatum</c> read in place, as <see cref="DatumView"/> reads its image.</summary>
internal readonly ref struct AnnotatedDatumView
{
    private readonly ReadOnlySpan<byte> record;

    private AnnotatedDatumView(ReadOnlySpan<byte> record, DatumView datum, int? type)
    {
        this.record = record;
        Datum = datum;
        Type = type;
    }

    /// <summary>The image, with its label.</summary>
    public DatumView Datum { get; }

    /// <summary>What the annotations are, an <see cref="AnnotatedDatum.Types.AnnotationType"/>; or null.</summary>
    public int? Type { get; }

    /// <summary>Reads a record.</summary>
    /// <exception cref="CnnException">It is damaged, or has no image.</exception>
    public static AnnotatedDatumView Parse(ReadOnlySpan<byte> record)
    {
        DatumView datum = default;
        bool hasDatum = false;
        int? type = null;
        try
        {
            WireReader<WireSpan> reader = WireReader.Of(new WireSpan(record));
            while (!reader.IsAtEnd)
            {
                var (field, wire) = reader.ReadTag();
                switch (field, wire)
                {
                    case (AnnotatedDatum.DatumFieldNumber, WireType.Length):
                        long outer = reader.Enter();
                        hasDatum = DatumView.TryParse(record[(int)reader.Position..(int)reader.Limit], out datum)
                            ? true
                            : throw NoMessage();
                        reader.Leave(outer);
                        break;
                    case (AnnotatedDatum.TypeFieldNumber, WireType.Varint):
                        type = (int)reader.ReadVarint();
                        break;
                    case ( >= AnnotatedDatum.DatumFieldNumber and < AnnotatedDatum.AnnotationGroupFieldNumber, _):
                        throw NoMessage();
                    default:
                        reader.Skip(field, wire);
                        break;
                }
            }
        }
        catch (CnnException)
        {
            throw NoMessage();
        }

        return hasDatum
            ? new AnnotatedDatumView(record, datum, type)
            : throw new CnnException("it has no image", "AnnotatedData reads AnnotatedDatum records, Data plain ones");
    }

    /// <summary>Reads the objects, class by class.</summary>
    /// <param name="to">Receives them; what it held before is lost.</param>
    /// <exception cref="CnnException">The record is damaged.</exception>
    public void ReadBoxes(List<LabelledBox> to)
    {
        to.Clear();
        try
        {
            WireReader<WireSpan> reader = WireReader.Of(new WireSpan(record));
            while (Next(ref reader, out int field, out WireType wire))
            {
                if ((field, wire) != (AnnotatedDatum.AnnotationGroupFieldNumber, WireType.Length))
                {
                    reader.Skip(field, wire);
                    continue;
                }

                long outer = reader.Enter();
                ReadGroup(ref reader, to);
                reader.Leave(outer);
            }
        }
        catch (CnnException)
        {
            throw NoMessage();
        }
    }

    private static void ReadGroup(ref WireReader<WireSpan> reader, List<LabelledBox> to)
    {
        int label = 0, first = to.Count;
        while (Next(ref reader, out int field, out WireType wire))
        {
            switch (field, wire)
            {
                case (AnnotationGroup.GroupLabelFieldNumber, WireType.Varint):
                    label = (int)reader.ReadVarint();
                    break;
                case (AnnotationGroup.AnnotationFieldNumber, WireType.Length):
                    long outer = reader.Enter();
                    to.Add(ReadAnnotation(ref reader));
                    reader.Leave(outer);
                    break;
                default:
                    reader.Skip(field, wire);
                    break;
            }
        }

        // The label may come after the objects.
        for (int i = first; i < to.Count; i++)
        {
            to[i] = to[i] with { Group = label };
        }
    }

    private static LabelledBox ReadAnnotation(ref WireReader<WireSpan> reader)
    {
        LabelledBox read = default;
        while (Next(ref reader, out int field, out WireType wire))
        {
            switch (field, wire)
            {
                case (Annotation.InstanceIdFieldNumber, WireType.Varint):
                    read = read with { Instance = (int)reader.ReadVarint() };
                    break;
                case (Annotation.BboxFieldNumber, WireType.Length):
                    long outer = reader.Enter();
                    read = ReadBox(ref reader, read);
                    reader.Leave(outer);
                    break;
                default:
                    reader.Skip(field, wire);
                    break;
            }
        }

        return read;
    }

    private static LabelledBox ReadBox(ref WireReader<WireSpan> reader, LabelledBox read)
    {
        Box box = read.Box;
        bool isDifficult = read.IsDifficult;
        while (Next(ref reader, out int field, out WireType wire))
        {
            switch (field, wire)
            {
                case (NormalizedBBox.XminFieldNumber, WireType.Fixed32):
                    box = box with { XMin = Coordinate(ref reader) };
                    break;
                case (NormalizedBBox.YminFieldNumber, WireType.Fixed32):
                    box = box with { YMin = Coordinate(ref reader) };
                    break;
                case (NormalizedBBox.XmaxFieldNumber, WireType.Fixed32):
                    box = box with { XMax = Coordinate(ref reader) };
                    break;
                case (NormalizedBBox.YmaxFieldNumber, WireType.Fixed32):
                    box = box with { YMax = Coordinate(ref reader) };
                    break;
                case (NormalizedBBox.DifficultFieldNumber, WireType.Varint):
                    isDifficult = reader.ReadVarint() != 0;
                    break;
                default:
                    reader.Skip(field, wire);
                    break;
            }
        }

        return read with { Box = box, IsDifficult = isDifficult };
    }

    private static float Coordinate(ref WireReader<WireSpan> reader)
    {
        float value = BitConverter.UInt32BitsToSingle(reader.ReadFixed32());
        return float.IsFinite(value) ? value : throw NoMessage();
    }

    private static bool Next(ref WireReader<WireSpan> reader, out int field, out WireType wire)
    {
        (field, wire) = reader.IsAtEnd ? default : reader.ReadTag();
        return field > 0;
    }

    private static CnnException NoMessage() => new("it is no AnnotatedDatum message");
}
