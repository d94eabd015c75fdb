using System.Buffers.Binary;
using SQLitePCL;

namespace Hone.Adapters.Journals;

/// <summary>A prepared statement: bind, step, read; disposing it makes it ready for the next use.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Binds a number; parameters count from 1.</summary>
    public SqliteStatement Bind(int parameter, long value) => Demanded(raw.sqlite3_bind_int64(statement, parameter, value));

    /// <summary>Binds a number or NULL.</summary>
    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : Demanded(raw.sqlite3_bind_null(statement, parameter));

    /// <summary>Binds a number or NULL.</summary>
    public SqliteStatement Bind(int parameter, double? value)
        => Demanded(value is { } number ? raw.sqlite3_bind_double(statement, parameter, number) : raw.sqlite3_bind_null(statement, parameter));

    /// <summary>Binds a text or NULL.</summary>
    public SqliteStatement Bind(int parameter, string? value)
        => Demanded(value is null ? raw.sqlite3_bind_null(statement, parameter) : raw.sqlite3_bind_text(statement, parameter, value));

    /// <summary>Binds bytes; none of them are an empty blob, not NULL.</summary>
    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
        => Demanded(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, parameter, 0) : raw.sqlite3_bind_blob(statement, parameter, value));

    /// <summary>Binds a hash as 16 bytes.</summary>
    public SqliteStatement Bind(int parameter, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Bind(parameter, bytes);
    }

    /// <summary>The next row; false after the last.</summary>
    public bool Step() => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw Failed(),
    };

    /// <summary>Runs it to the end.</summary>
    public void Run()
    {
        while (Step())
        {
        }
        Dispose();
    }

    /// <summary>Whether a column is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>A column as a number.</summary>
    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>A column as text.</summary>
    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    /// <summary>A column as bytes.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    /// <summary>A column as a hash; damage reads as 0, which no hash is.</summary>
    public UInt128 Hash(int column)
    {
        var bytes = raw.sqlite3_column_blob(statement, column);
        return bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : UInt128.Zero;
    }

    /// <summary>Makes it ready for the next use.</summary>
    public void Dispose()
    {
        raw.sqlite3_reset(statement);
        raw.sqlite3_clear_bindings(statement);
    }

    /// <summary>Gives its memory back; the connection closes.</summary>
    public void End() => statement.Dispose();

    private SqliteStatement Demanded(int code)
    {
        database.Demand(code);
        return this;
    }

    private SqliteFaultException Failed()
    {
        var fault = database.Fault();
        Dispose();
        return fault;
    }
}
