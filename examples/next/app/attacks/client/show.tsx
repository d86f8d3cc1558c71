"use client";

export function Show({ value }: { readonly value: object }) {
  return <pre>{JSON.stringify(value)}</pre>;
}
